import ActivationStore
import Numerics

/// The group `judge` of a results file.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `file` | file | UTF-8 | names without folder and extension |
/// | `answer_file` | answer | int64 | the place of its file |
/// | `answer`, `answer_label` | answer | UTF-8 | ids, and labels as people gave them |
/// | `refused`, `judged_refused` | answer | int64 | 1 for a refusal, by the label and by the judge |
///
/// Attributes: `judge`, `judge_sha256`, `rows`, `confidence`, and over all files `balanced_accuracy`,
/// `accuracy`, `sensitivity`, `specificity`, `labelled_rate` and `judged_rate`, all but the first with
/// their intervals as `<name>_low` and `<name>_high`.
extension JudgeCalibration {
  public static let groupName = "judge"

  public var group: ResultGroup {
    var attributes: [String: ResultValue] = [
      "judge": .text(judge), "judge_sha256": .text(judgeSHA256), "rows": .text(rows.rawValue),
      "confidence": .number(confidence),
    ]
    attributes["balanced_accuracy"] = pooled.balancedAccuracy.map { .number($0) }
    for (name, share) in pooled.named {
      attributes[name] = share.map { .number($0.value) }
      attributes["\(name)_low"] = share.map { .number($0.interval.low) }
      attributes["\(name)_high"] = share.map { .number($0.interval.high) }
    }
    return ResultGroup(name: Self.groupName, attributes: attributes, datasets: datasets)
  }

  private var datasets: [ResultDataset] {
    let answers = files.flatMap(\.answers)
    let places = files.indices.flatMap { place in files[place].answers.map { _ in place } }
    let perAnswer = { (name: String, values: ResultDataset.Values) in
      ResultDataset(name: name, axes: ["answer"], shape: [answers.count], values: values)
    }
    return [
      ResultDataset(
        name: "file", axes: ["file"], shape: [files.count], values: .texts(files.map(\.name))),
      perAnswer("answer", .texts(answers.map(\.id))),
      perAnswer("answer_file", .integers(places)),
      perAnswer("answer_label", .texts(answers.map(\.label))),
      perAnswer("refused", .integers(answers.map { $0.isRefusal ? 1 : 0 })),
      perAnswer("judged_refused", .integers(answers.map { $0.isJudgedRefusal ? 1 : 0 })),
    ]
  }
}

extension JudgeFigures {
  fileprivate var named: [(String, EstimatedShare?)] {
    [
      ("accuracy", accuracy), ("sensitivity", sensitivity), ("specificity", specificity),
      ("labelled_rate", labelledRate), ("judged_rate", judgedRate),
    ]
  }
}

extension JudgeCalibration: Encodable {
  private enum Key: String, CodingKey {
    case judge, judgeSHA256, rows, confidence, files, pooled
  }

  private struct FileRow: Encodable {
    let file: String
    let figures: JudgeFigures
    let correctedRate: EstimatedShare?
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(judge, forKey: .judge)
    try container.encode(judgeSHA256, forKey: .judgeSHA256)
    try container.encode(rows, forKey: .rows)
    try container.encode(confidence, forKey: .confidence)
    try container.encode(pooled, forKey: .pooled)
    let rows = files.map {
      FileRow(file: $0.name, figures: $0.figures, correctedRate: $0.correctedRate)
    }
    try container.encode(rows, forKey: .files)
  }
}
