/// Answers of a model with the labels that people gave them.
public struct AnswerSet: Sendable, Hashable {
  /// One answer.
  public struct Answer: Sendable, Hashable {
    /// The value of the column `id` where all are there and different, else the row's number from 1.
    public var id: String
    /// As the file has it; it may be empty.
    public var text: String
    /// Without whitespace around it, never empty.
    public var label: String
  }

  /// The file's name without folder and extension.
  public var name: String
  /// In the file's order, at least one.
  public var answers: [Answer]

  /// What was left out, in sentences.
  public var warnings: [String] = []

  /// The names that a column of answers has, the likeliest first: XSTest's, WildGuardTest's,
  /// JailbreakBench's.
  static let answerNames = ["completion", "response", "target_response", "answer"]
  /// The names that a column of people's labels has: where there are several, the final one counts.
  static let labelNames = ["final_label", "response_refusal_label", "human_majority", "label"]
  /// The one that is empty where people did not agree.
  private static let partialLabelName = "response_refusal_label"

  /// Reads a table in one of the formats of `PromptSet.read`, as XSTest's completions, WildGuardTest
  /// and JailbreakBench's judge-comparison have it.
  ///
  /// The answers are in a column named completion, response, target_response or answer, the labels in
  /// one named final_label, response_refusal_label, human_majority or label. Rows of WildGuardTest
  /// without a label are left out, with a warning.
  public static func read(path: String) throws(PromptError) -> AnswerSet {
    let table = try PromptTable(path: path)
    let answer = try table.index(amongNames: answerNames)
    let label = try table.index(amongNames: labelNames)
    guard !table.rows.isEmpty else {
      throw PromptError(source: path, place: .whole, problem: .noAnswers)
    }
    let id = try table.usableIDs(amongCommon: ["id"])
    let isPartial = table.name(of: label).lowercased() == partialLabelName
    var answers: [Answer] = []
    for (index, row) in table.rows.enumerated() where !(isPartial && row.values[label].isBlank) {
      answers.append(
        Answer(
          id: try id.map { column throws(PromptError) in try table.token(of: row, column) }
            ?? String(index + 1),
          text: try table.text(of: row, answer), label: try table.token(of: row, label)))
    }
    guard !answers.isEmpty else {
      throw PromptError(source: path, place: .whole, problem: .noAnswers)
    }
    var set = AnswerSet(name: PromptSet.baseName(path), answers: answers)
    if isPartial, let warning = table.warningOfRows(without: label) { set.warnings = [warning] }
    return set
  }
}
