import ActivationStore
import Analysis
import Foundation

/// The file that an evaluation is kept in, answer by answer.
struct EvalRunFile {
  let path: String
  let overwrite: Bool
  let model: StoredModel

  /// The evaluation as far as the file knows it, or `empty` where it knows none.
  ///
  /// Refuses one of another model or of other settings, unless it may be overwritten.
  func resume(_ empty: SafetyEvaluation) throws -> SafetyEvaluation {
    guard !overwrite, FileManager.default.fileExists(atPath: path),
      try ResultFile.contains(SafetyEvaluation.groupName, in: path)
    else { return empty }
    let (found, made) = try SafetyEvaluation.read(path)
    if made.sha256 != model.sha256 { throw other("model", made.name, model.name) }
    if made.adapters != model.adapters {
      throw other("adapter", made.adapters ?? "none", model.adapters ?? "none")
    }
    try found.expectSame(as: empty) { other($0, $1, $2) }
    note("\(path): \(counted(try found.progress().done, "answer")) of this run are there already")
    return found
  }

  func write(_ found: SafetyEvaluation, started: Date) throws {
    try ResultFile.write(
      found.groups(model: model), to: path, provenance: .thisRun(started: started),
      overwrite: true)
  }

  /// Whether the tables are there, which a run that is stopped at the very end leaves out.
  func hasTables() throws -> Bool {
    try ResultFile.contains(SafetyReport.groupName, in: path)
  }

  /// Adds the tables of a finished evaluation.
  func write(_ report: SafetyReport, started: Date) throws {
    try ResultFile.write(
      [report.group(model: model)], to: path, provenance: .thisRun(started: started),
      overwrite: true)
  }

  private func other(_ setting: String, _ stored: String, _ given: String) -> SafetyError {
    .otherSettings(path: path, setting: setting, stored: stored, given: given)
  }
}

extension SafetyEvaluation {
  /// Throws what `other` makes of the first thing in which two evaluations differ.
  fileprivate func expectSame(
    as wanted: SafetyEvaluation,
    _ other: (_ setting: String, _ stored: String, _ given: String) -> SafetyError
  ) throws {
    guard prompts == wanted.prompts else {
      throw other(
        "set of prompts", counted(prompts.count, "prompt"),
        counted(wanted.prompts.count, "prompt"))
    }
    guard methods == wanted.methods else {
      throw other(
        "list of methods", methods.joined(separator: ", "),
        wanted.methods.joined(separator: ", "))
    }
    guard trials.count == wanted.trials.count else {
      throw other("count of trials", "\(trials.count)", "\(wanted.trials.count)")
    }
    if let setting = SettingDifference(stored: settings, given: wanted.settings) {
      throw other(setting.name.replacing("_", with: " "), setting.stored, setting.given)
    }
    guard trials == wanted.trials else {
      throw other("draw of prompts", "seed \(trials[0].seed)", "seed \(wanted.trials[0].seed)")
    }
    guard reading.threshold == wanted.reading.threshold else {
      throw other("threshold", reading.threshold.written, wanted.reading.threshold.written)
    }
    guard !hasSteered || reading.layers == wanted.reading.layers else {
      throw other(
        "set of classifier layers", LayerWindow.listed(reading.layers),
        LayerWindow.listed(wanted.reading.layers))
    }
  }
}
