import ActivationStore
import Numerics
import ResultSchemas

extension JudgeCalibration {
  public static let groupName = JudgeSchema.group

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
    return [
      JudgeSchema.file.column(.texts(files.map(\.name))),
      JudgeSchema.answer.column(.texts(answers.map(\.id))),
      JudgeSchema.answerFile.column(.integers(places)),
      JudgeSchema.answerLabel.column(.texts(answers.map(\.label))),
      JudgeSchema.refused.column(.truths(answers.map(\.isRefusal))),
      JudgeSchema.judgedRefused.column(.truths(answers.map(\.isJudgedRefusal))),
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
