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

  /// The names that a column of answers has, the likeliest first.
  static let answerNames = ["completion", "response", "answer"]
  /// The names that a column of people's labels has: where there are several, the final one counts.
  static let labelNames = ["final_label", "label"]

  /// Reads a table in one of the formats of `PromptSet.read`, as XSTest's completions have it.
  ///
  /// The answers are in a column named completion, response or answer, the labels in one named
  /// final_label or label.
  public static func read(path: String) throws(PromptError) -> AnswerSet {
    let table = try PromptTable(path: path)
    let answer = try table.index(amongNames: answerNames)
    let label = try table.index(amongNames: labelNames)
    guard !table.rows.isEmpty else {
      throw PromptError(source: path, place: .whole, problem: .noAnswers)
    }
    let id = try table.usableIDs(amongCommon: ["id"])
    var answers: [Answer] = []
    for (index, row) in table.rows.enumerated() {
      answers.append(
        Answer(
          id: try id.map { column throws(PromptError) in try table.token(of: row, column) }
            ?? String(index + 1),
          text: try table.text(of: row, answer), label: try table.token(of: row, label)))
    }
    return AnswerSet(name: PromptSet.baseName(path), answers: answers)
  }
}
