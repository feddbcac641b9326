import Analysis
import Foundation
import ModelLibrary
import Numerics
import Prompts

/// What a study reads: prompts to make directions of, prompts to choose settings on, and prompts, texts
/// and questions to report on.
struct StudyData {
  /// A set that is reported on.
  struct Reported {
    let name: String
    let path: String
    /// How many prompts it has.
    let count: Int
  }

  /// In the study's folder, made from the contrast sets.
  static let (anchors, choice, own) = ("anchors.csv", "choice.csv", "lookalikes.csv")
  /// The beginning of WikiText-2, whose perplexity every point of the sweep has.
  static let excerpt = "excerpt.txt"
  private static let excerptLength = 4000

  let reported: [Reported]
  /// The first reported set with both labels.
  let mixed: Reported
  let wikiText: String?
  let mmlu: String?
  let summaries: String?
  /// Whether the project's own look-alikes stand for published sets.
  let isOwn: Bool
  let anchorCount, choiceCount: Int
  /// CSV files to write into the study's folder.
  let files: [(name: String, rows: [[String]])]
  /// nil without WikiText-2.
  let excerptText: String?

  /// Looks for published files in a folder by their names, and divides the contrast sets.
  ///
  /// A fifth of the pairs chooses; where nothing else is there to report on, two fifths do that. Each
  /// has `promptCount` prompts at most, and all others are anchors.
  init(folder: String?, contrast: String, promptCount: Int, seed: UInt64) throws {
    let requests = Self.rows(of: try PromptSet.read(path: contrast + "/requests.csv"))
    let lookalikes = contrast + "/lookalikes.csv"
    let pairs = try Self.pairs(of: PromptSet.read(path: lookalikes), path: lookalikes)
    let published = try folder.map(Self.published) ?? []
    var random = SplitMix64(seed: seed)
    let drawn = shuffled(Array(pairs.indices), using: &random)
    let chooses = min(pairs.count / 5, promptCount / 2)
    let reports = published.isEmpty ? min(2 * pairs.count / 5, promptCount / 2) : 0
    let parts = [
      drawn[..<chooses], drawn[chooses..<chooses + reports], drawn[(chooses + reports)...],
    ].map { part in part.sorted().flatMap { pairs[$0] } }
    isOwn = published.isEmpty
    files = [
      (Self.anchors, requests + parts[2]), (Self.choice, parts[0]), (Self.own, parts[1]),
    ].filter { !$0.1.isEmpty }.map { name, rows in (name, [Self.columns] + rows) }
    anchorCount = requests.count + parts[2].count
    choiceCount = parts[0].count
    reported =
      published.isEmpty
      ? [Reported(name: "lookalikes", path: Self.own, count: parts[1].count)]
      : published.map(\.set)
    guard let mixed = published.first(where: \.isMixed)?.set ?? (isOwn ? reported[0] : nil) else {
      throw StudyError.noMixedSet(folder: folder ?? "")
    }
    self.mixed = mixed
    func find(_ names: [String]) -> String? {
      folder.flatMap { folder in
        names.map { folder + "/" + $0 }.first { FileManager.default.fileExists(atPath: $0) }
      }
    }
    wikiText = find(["wikitext2_test.txt", "wiki.test.raw", "wiki.test.tokens"])
    excerptText = try wikiText.map { path in
      String(try PlainText.read(path: path).prefix(Self.excerptLength))
    }
    mmlu = find(["mmlu", "data/mmlu"]).flatMap { folder in
      FileManager.default.fileExists(atPath: folder + "/test") ? folder : nil
    }
    summaries = find(["Xsum/dev.csv", "xsum.csv"])
  }

  /// The SHA-256 of all prompts and texts that are read, in hexadecimal.
  func digest() throws -> String {
    var parts = files.map { file in file.rows.map { "\($0)" }.joined(separator: "\n") }
    parts.append(excerptText ?? "")
    let paths = (isOwn ? [] : reported.map(\.path)) + [wikiText, summaries].compactMap { $0 }
    for path in paths { parts.append(try FileDigest().sha256(ofFile: path)) }
    return try FileDigest.sha256(of: parts.joined(separator: "\n"))
  }

  /// Pairs that it takes to have some in each part.
  private static let fewestPairs = 10

  private static let columns = ["id", "prompt", "label", "kind"]

  /// [prompt, column].
  private static func rows(of set: PromptSet) -> [[String]] {
    zip(set.prompts, set.kinds).map { [$0.id, $0.text, $0.label ?? "", $1] }
  }

  /// [pair, 2, column]: rows that follow one another, one of each label.
  private static func pairs(of set: PromptSet, path: String) throws -> [[[String]]] {
    let rows = rows(of: set)
    let pairs = stride(from: 0, to: rows.count - 1, by: 2).filter {
      Set(set.prompts[$0...$0 + 1].map(\.label)) == ["safe", "unsafe"]
    }.map { [rows[$0], rows[$0 + 1]] }
    guard 2 * pairs.count == rows.count, pairs.count >= fewestPairs else {
      throw StudyError.noPairs(
        path: path, pairs: pairs.count, prompts: rows.count, needed: fewestPairs)
    }
    return pairs
  }

  /// The published files of a folder, by the names that their authors gave them.
  private static let names: [(set: String, files: [String])] = [
    ("xstest", ["xstest_v2_prompts.csv", "xstest_prompts.csv"]),
    ("oktest", ["OKTest.csv", "oktest.csv"]),
    ("truthfulqa", ["TruthfulQA.csv"]),
    ("advbench", ["AdvBench.csv", "harmful_behaviors.csv"]),
    ("maliciousinstruct", ["MaliciousInstruct.txt"]),
    ("orbenchhard", ["or-bench-hard-1k.csv"]),
    ("orbenchtoxic", ["or-bench-toxic.csv"]),
    ("jailbreakbench", ["harmful-behaviors.csv"]),
    ("jailbreakbench-benign", ["benign-behaviors.csv"]),
    ("harmbench", ["harmbench_behaviors_text_all.csv", "harmbench_behaviors_text_test.csv"]),
    ("strongreject", ["strongreject_dataset.csv"]),
  ]

  private static func published(
    _ folder: String
  ) throws -> [(set: Reported, isMixed: Bool)] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
      isFolder.boolValue
    else { throw StudyError.noFolder(path: folder) }
    let found = try names.compactMap { name, files in
      try files.map { folder + "/" + $0 }
        .first { FileManager.default.fileExists(atPath: $0) }
        .map { path in
          let set = try SafetySet(reading: SafetySet.Source(name: name, path: path))
          return (
            set: Reported(name: name, path: path, count: set.prompts.count),
            isMixed: Set(set.prompts.map(\.label)).count > 1
          )
        }
    }
    guard !found.isEmpty else {
      throw StudyError.noSets(folder: folder, names: names.flatMap(\.files))
    }
    return found
  }
}

/// Why a study cannot be done or gone on with.
enum StudyError: Error, CustomStringConvertible {
  case noFolder(path: String)
  case noSets(folder: String, names: [String])
  case noMixedSet(folder: String)
  case noPairs(path: String, pairs: Int, prompts: Int, needed: Int)
  case otherInput(folder: String, name: String, stored: String, given: String)
  case otherStudy(folder: String, step: String, stored: String, given: String)
  case unreadable(path: String)
  case notAStudy(folder: String)
  case failed(step: String, folder: String)

  var description: String {
    switch self {
    case .noFolder(let path):
      "--data \(path) is no folder; give the one that your copies of published sets lie in, or none"
    case .noSets(let folder, let names):
      "\(folder) has none of the files \(names.joined(separator: ", ")); give a folder that has some, "
        + "or leave --data out to report on the project's own prompts"
    case .noMixedSet(let folder):
      "the sets of \(folder) have either safe or unsafe prompts alone, and none with both; add "
        + "XSTest's xstest_v2_prompts.csv"
    case .noPairs(let path, let pairs, let prompts, let needed):
      "\(path) has \(pairs) pairs of rows that are labelled safe and unsafe, in \(prompts) rows; a study "
        + "needs \(needed) pairs or more, one after another and nothing between"
    case .otherInput(let folder, let name, let stored, let given):
      "\(folder) holds a study of another \(name) (SHA-256 \(stored), not \(given)); repeat its command "
        + "to go on, give another folder, or begin anew with --force"
    case .otherStudy(let folder, let step, let stored, let given):
      "\(folder) holds a study whose step \(step) was \(stored), not \(given); repeat its command to "
        + "go on, give another folder, or begin anew with --force"
    case .unreadable(let path):
      "\(path) does not say what was done; give another folder, or begin anew with --force"
    case .notAStudy(let folder):
      "\(folder) exists and holds no study; give a new folder, or pass --force to write into it"
    case .failed(let step, let folder):
      "the step \(step) failed; what was done before is kept in \(folder), and the same command goes "
        + "on from there"
    }
  }
}
