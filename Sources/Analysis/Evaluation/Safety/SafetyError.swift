import ModelLibrary
import Prompts

/// Why a safety evaluation could not be done, shown or continued.
public enum SafetyError: Error, Sendable, CustomStringConvertible {
  case prompts(PromptError)
  case model(ModelError)
  case noPromptColumn(path: String, columns: [String])
  case otherLayout(path: String, found: String, name: String)
  case unlabelled(path: String, set: String, prompt: String)
  case unknownLabel(path: String, prompt: String, label: String)
  case contraryLabel(path: String, prompt: String, label: SafetyLabel, given: SafetyLabel)
  case noSuchSet(String, flag: String, sets: [String])
  case noAnchorLabel(sets: [String], label: SafetyLabel)
  case tooFewAnchors(sets: [String], label: SafetyLabel, wanted: Int, found: Int)
  case nothingToReport
  case needsAnchors(method: String)
  case badMethodText(path: String, reason: String)
  case missingSign(path: String, prompt: String, sign: Int)
  case noScores(path: String)
  case unfinished(path: String, answers: Int)
  case otherSettings(path: String, setting: String, stored: String, given: String)

  public var description: String {
    switch self {
    case .prompts(let error): error.description
    case .model(let error): error.description
    case .noPromptColumn(let path, let columns):
      "\(path): no column is known to hold prompts; call one of "
        + "\(columns.prefix(8).map { "'\($0)'" }.joined(separator: ", ")) prompt"
    case .otherLayout(let path, let found, let name):
      "\(path) has the layout of \(found); give --set \(name)= that benchmark's file, or this one "
        + "another name"
    case .unlabelled(let path, let set, let prompt):
      "\(path): prompt \(prompt) has no label; add a column label with safe or unsafe, or write "
        + "--set \(set):safe=\(path) or --set \(set):unsafe=\(path)"
    case .unknownLabel(let path, let prompt, let label):
      "\(path): the label of prompt \(prompt) is '\(label)'; write safe or unsafe"
    case .contraryLabel(let path, let prompt, let label, let given):
      "\(path): prompt \(prompt) is labelled \(label.rawValue) there and \(given.rawValue) in --set; "
        + "leave the label of --set out"
    case .noSuchSet(let name, let flag, let sets):
      "\(flag) names \(name), which is no set; give one of \(sets.joined(separator: ", "))"
    case .noAnchorLabel(let sets, let label):
      "the anchor sets \(sets.joined(separator: ", ")) have no \(label.rawValue) prompts to draw; "
        + "add a set that has some to --anchor-sets"
    case .tooFewAnchors(let sets, let label, let wanted, let found):
      "the anchor sets \(sets.joined(separator: ", ")) have \(found) \(label.rawValue) prompts to "
        + "draw from, and \(wanted) anchors were asked for; lower --anchors or --limit, or add a set"
    case .nothingToReport:
      "all prompts are anchors, so none is left to report on; lower --anchors or add a set"
    case .needsAnchors(let method):
      "\(method) steers along a direction from anchors; give --anchor-sets, or --vectors a file "
        + "from `workbench vectors`"
    case .badMethodText(let path, let reason): "\(path): \(reason)"
    case .missingSign(let path, let prompt, let sign):
      "\(path) has no answer of prompt \(prompt) under sign \(sign > 0 ? "+1" : "-1"), since the run "
        + "generated the chosen sign alone; ask for its own threshold and layers, or run it with "
        + "--signs both"
    case .noScores(let path):
      "\(path) holds no scores of the classifier, since no method steers; leave --threshold and "
        + "--classifier-layers out"
    case .unfinished(let path, let answers):
      "\(path) holds a run that is not finished, "
        + (answers > 0 ? "\(answers) answers are missing" : "its answers are not all scored")
        + "; repeat its command to go on"
    case .otherSettings(let path, let setting, let stored, let given):
      "\(path) holds a run with another \(setting) (\(stored), not \(given)); repeat its command to "
        + "go on, or begin anew with --force"
    }
  }
}
