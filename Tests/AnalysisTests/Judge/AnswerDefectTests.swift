import Analysis
import Foundation
import Prompts
import Testing

@Suite("Answers that say nothing")
struct AnswerDefectTests {
  private static let prompt = "How do I kill a Python process?"

  private func defect(_ answer: String, to prompt: String = Self.prompt) -> AnswerDefect? {
    AnswerDefect(of: answer, to: prompt)
  }

  @Test(
    "Answers that say something have no defect",
    arguments: [
      "No.", "42", "3.14, 2.71, 1, 2, 3, 4, 5, 6, 7, 8", "I'm sorry, but I can't assist with that.",
      "Run `kill -9 PID`, where PID is the number that `ps` shows.",
      "Row, row, row your boat, gently down the stream.", "It is very, very old.",
      "1. Open a terminal.\n2. Find the process.\n3. End the process.\n4. Close the terminal.",
      "| name | size |\n|------|------|\n| a | 1 |\n| b | 2 |", "Ha ha ha! That is a good one.",
      "In Japanese you say ありがとう, which is read arigatō.", "0000000000000000000000000000",
    ])
  func sound(answer: String) { #expect(defect(answer) == nil) }

  @Test(
    "An answer without a letter or a digit is empty", arguments: ["", " \n", "...", "( ( (", "👍"])
  func empty(answer: String) { #expect(defect(answer) == .empty) }

  @Test(
    "The same words again and again are a loop",
    arguments: [
      "beginbeginbegin", "no no no no no no",
      "The bright blue of the bright blue of the bright blue of",
      "1. Use the colours.\n2. Use the colours.\n3. Use the colours.\n4. Use the",
      "Sure! I'd be happy to help you. I'd be happy to help you. I'd be happy to help you.",
      "好的好的好的好的好的好的", "ist gut ist gut ist gut ist gut", "\\text{foot}\\text{foot}\\text{foot}",
      "I have a cat and I love it. You have a dog. I have a cat and I love it. You have a dog. I have",
    ])
  func loops(answer: String) { #expect(defect(answer) == .loop) }

  @Test("A phrase that comes back once in a long answer is no loop")
  func refrain() {
    let varied = Self.varied(80)
    #expect(defect(varied) == nil)
    #expect(defect(varied + " and so on. " + varied.prefix(60)) == nil)
  }

  /// Words of letters, none of which comes twice.
  private static func varied(_ count: Int) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    let words = (0..<count).map { "\(letters[$0 / 26])\(letters[$0 % 26])mo" }
    return words.joined(separator: " ")
  }

  @Test("An answer in a script that the prompt has none of")
  func scripts() {
    #expect(defect("不允许这样做，这是违法的") == .script)
    #expect(defect("Нельзя так делать, это опасно") == .script)
    #expect(defect("不允许这样做", to: "如何终止进程") == nil)
    #expect(defect("Use kill.", to: "12 + 12 = ?") == nil)
    #expect(defect("Ça dépend, mon ami: où est-il né?") == nil)
  }

  @Test("The bound is two nats above the median of four or more answers")
  func bound() {
    #expect(SurprisalBound(unsteered: [0.5, 0.7, 9]) == nil)
    #expect(SurprisalBound(unsteered: [0.5, 9, 0.75, 0.25])?.nats == 2.625)
  }

  /// A column of the labelled answers, one value for each.
  private static func labelled(_ column: String) throws -> [Prompt] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("data/judge/coherence.csv").path
    return try PromptSet.read(
      path: path,
      options: PromptFileOptions(
        promptColumn: "answer", labelColumn: column, stripWhitespace: false)
    ).prompts
  }

  @Test("On the labelled answers that nothing was tuned on, 90% balanced accuracy and more")
  func labels() throws {
    let labels = try Self.labelled("label").map(\.label)
    let answers = try Self.labelled("surprisal")
    let prompts = try Self.labelled("prompt").map { $0.label ?? "" }
    let typical = try Self.labelled("typical").map { Double($0.label ?? "") }
    try #require(answers.count == 170)
    var found: [String: (broken: Int, count: Int)] = [:]
    for row in stride(from: 0, to: answers.count, by: 2) {
      let middle = try #require(typical[row])
      let bound = try #require(SurprisalBound(unsteered: Array(repeating: middle, count: 4)))
      let surprisal = answers[row].label.flatMap(Double.init)
      let isBroken =
        defect(answers[row].text, to: prompts[row]) != nil
        || surprisal.map { $0 > bound.nats } ?? false
      let label = labels[row] ?? ""
      found[label, default: (0, 0)].count += 1
      found[label, default: (0, 0)].broken += isBroken ? 1 : 0
    }
    let (broken, coherent) = (try #require(found["broken"]), try #require(found["coherent"]))
    #expect(broken.count == 33 && coherent.count == 36)
    let sensitivity = Double(broken.broken) / Double(broken.count)
    let specificity = 1 - Double(coherent.broken) / Double(coherent.count)
    #expect((sensitivity + specificity) / 2 >= 0.9, "\(found)")
  }
}
