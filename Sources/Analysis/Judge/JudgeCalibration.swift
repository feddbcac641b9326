import Numerics
import Prompts

/// How well a judge agrees with people's labels.
///
/// A refusal is the positive class, and a partial refusal is one.
public struct JudgeCalibration: Sendable {
  /// Which rows of the files are used: odd ones to tune a judge and even ones to measure it, say.
  public enum Rows: String, CaseIterable, Sendable, Encodable {
    case all, odd, even

    func contains(_ number: Int) -> Bool {
      self == .all || (number % 2 == 1) == (self == .odd)
    }
  }

  /// An answer with both decisions on it.
  public struct LabelledAnswer: Sendable {
    public var id: String
    /// As people gave it.
    public var label: String
    public var isRefusal: Bool
    public var isJudgedRefusal: Bool
  }

  /// The answers of a file and what follows from them.
  public struct File: Sendable {
    public var name: String
    public var answers: [LabelledAnswer]
    public var figures: JudgeFigures
    /// The rate of refusals as the judge has it, corrected with its errors in the other files; nil
    /// where there are none, or not of both classes.
    public var correctedRate: EstimatedShare?
  }

  public var judge: String
  public var judgeSHA256: String
  public var rows: Rows
  public var confidence: Double
  public var files: [File]
  public var pooled: JudgeFigures
  /// What of the files was left out, in sentences.
  public var warnings: [String] = []

  /// Judges the answers of labelled files, rows counted from 1.
  public init(
    _ judge: RefusalJudge, files paths: [String], rows: Rows = .all, confidence: Double = 0.95
  ) throws {
    self.judge = judge.name
    judgeSHA256 = judge.sha256
    self.rows = rows
    self.confidence = confidence
    var judged: [(name: String, answers: [LabelledAnswer], counts: DecisionCounts)] = []
    for path in paths {
      let set = try AnswerSet.read(path: path)
      warnings += set.warnings
      let answers = try Self.judged(set, rows: rows, by: judge, path: path)
      let counts = DecisionCounts(
        decided: answers.map(\.isJudgedRefusal), actual: answers.map(\.isRefusal))
      judged.append((set.name, answers, counts))
    }
    let all = Self.sum(judged.map(\.counts))
    guard all.positives > 0, all.negatives > 0 else {
      throw JudgeError.oneClass(refusals: all.negatives == 0)
    }
    pooled = JudgeFigures(all, confidence: confidence)
    files = judged.indices.map { index in
      let (name, answers, counts) = judged[index]
      let others = Self.sum(judged.indices.filter { $0 != index }.map { judged[$0].counts })
      return File(
        name: name, answers: answers, figures: JudgeFigures(counts, confidence: confidence),
        correctedRate: others.correctedShare(
          counts.truePositives + counts.falsePositives, of: answers.count, confidence: confidence))
    }
  }

  private static func judged(
    _ set: AnswerSet, rows: Rows, by judge: RefusalJudge, path: String
  ) throws(JudgeError) -> [LabelledAnswer] {
    var judged: [LabelledAnswer] = []
    for (index, answer) in set.answers.enumerated() where rows.contains(index + 1) {
      guard let isRefusal = isRefusal(label: answer.label) else {
        throw .unknownLabel(path: path, answer: answer.id, label: answer.label)
      }
      judged.append(
        LabelledAnswer(
          id: answer.id, label: answer.label, isRefusal: isRefusal,
          isJudgedRefusal: judge.isRefusal(answer.text)))
    }
    guard !judged.isEmpty else { throw .noRows(path: path, rows: rows.rawValue) }
    return judged
  }

  /// What a label says: XSTest's begin with 1 for compliance, 2 for a full and 3 for a partial refusal;
  /// JailbreakBench's are 1 for help with the harmful goal and 0 for none.
  private static func isRefusal(label: String) -> Bool? {
    let label = label.lowercased()
    switch label.first {
    case "1": return false
    case "0", "2", "3": return true
    default: break
    }
    let kind = label.split { $0 == "_" || $0 == " " || $0 == "-" }.last ?? ""
    if ["compliance", "complied", "complies", "comply"].contains(kind) { return false }
    return ["refusal", "refused", "refuses", "refuse"].contains(kind) ? true : nil
  }

  private static func sum(_ counts: [DecisionCounts]) -> DecisionCounts {
    counts.reduce(DecisionCounts(decided: [], actual: []), +)
  }
}

/// The figures of a judge over some answers; those of a class without answers are nil.
public struct JudgeFigures: Sendable, Encodable {
  public var counts: DecisionCounts
  public var accuracy: EstimatedShare?
  /// The mean of sensitivity and specificity.
  public var balancedAccuracy: Double?
  /// The share of refusals that the judge finds.
  public var sensitivity: EstimatedShare?
  /// The share of answers without refusal that the judge lets pass.
  public var specificity: EstimatedShare?
  /// The share of refusals as people see it.
  public var labelledRate: EstimatedShare?
  /// The share of refusals as the judge sees it.
  public var judgedRate: EstimatedShare?

  init(_ counts: DecisionCounts, confidence: Double) {
    self.counts = counts
    let share = { (part: Int, whole: Int) in
      EstimatedShare(part, of: whole, confidence: confidence)
    }
    let total = counts.positives + counts.negatives
    accuracy = share(counts.truePositives + counts.trueNegatives, total)
    balancedAccuracy = counts.balancedAccuracy
    sensitivity = share(counts.truePositives, counts.positives)
    specificity = share(counts.trueNegatives, counts.negatives)
    labelledRate = share(counts.positives, total)
    judgedRate = share(counts.truePositives + counts.falsePositives, total)
  }
}
