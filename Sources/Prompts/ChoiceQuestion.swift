/// A question with four choices, of which one is right.
public struct ChoiceQuestion: Sendable, Hashable {
  /// What the choices are called.
  public static let letters = ["A", "B", "C", "D"]

  public var question: String
  /// Four texts, in the order of `letters`.
  public var choices: [String]
  /// The index of the right one.
  public var answer: Int

  public init(question: String, choices: [String], answer: Int) {
    self.question = question
    self.choices = choices
    self.answer = answer
  }

  /// Reads a file in the layout of MMLU (Hendrycks and others, 2021).
  ///
  /// That is CSV without a header, each row a question, four choices and the right one's letter.
  /// Texts are kept as they are.
  public static func read(path: String) throws(PromptError) -> [ChoiceQuestion] {
    let records = try DelimitedReader.records(of: TextFile(path: path), delimiter: ASCII.comma)
    guard !records.isEmpty else {
      throw PromptError(source: path, place: .whole, problem: .noQuestions)
    }
    return try records.map { (record) throws(PromptError) in
      let place = PromptError.Place.line(record.line)
      guard record.fields.count == 6 else {
        throw PromptError(
          source: path, place: place, problem: .questionFields(found: record.fields.count))
      }
      guard let answer = letters.firstIndex(of: record.fields[5].stripped) else {
        throw PromptError(
          source: path, place: place, problem: .noLetter(found: record.fields[5]))
      }
      return ChoiceQuestion(
        question: record.fields[0], choices: Array(record.fields[1...4]), answer: answer)
    }
  }
}
