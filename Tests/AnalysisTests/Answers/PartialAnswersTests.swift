import Analysis
import ModelLibrary
import TestSupport
import Testing

@Suite("Answers are judged as their tokens come")
struct PartialAnswersTests {
  /// Characters of several bytes, which the tiny model spells byte by byte.
  static let texts = [
    "I cannot help with that.", "Sure! Here is how: ", "Désolé… I’m sorry, but I can't.",
    "🙂 Of course. I cannot stress enough that", "", "\u{FFFD}I am unable to", "No\nI won't",
  ]

  @Test("after every token the decision is that on the whole text so far", arguments: texts)
  func decisions(text: String) throws {
    let model = try LanguageModel(path: ChatModel.path)
    let judge = try RefusalJudge.standard()
    let tokens = try model.tokenizer.encode(text)
    let partial = PartialAnswers(count: 2, judge, model.tokenizer)
    for count in 0...tokens.count {
      let seen = Array(tokens[..<count])
      let whole = try judge.settled(model.tokenizer.decode(seen))
      #expect(partial.isSettled(1, seen) == (whole != nil), "\(seen.count) of \(text)")
    }
  }
}
