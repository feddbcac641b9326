import Synchronization
import Tokenization

/// Answers that are being generated, each read for the judge a token at a time.
package final class PartialAnswers: Sendable {
  private let judge: RefusalJudge
  private let tokenizer: any Tokenizer
  private let answers: Mutex<[PartialAnswer]>

  package init(count: Int, _ judge: RefusalJudge, _ tokenizer: any Tokenizer) {
    self.judge = judge
    self.tokenizer = tokenizer
    answers = Mutex([PartialAnswer](repeating: PartialAnswer(judge.newOpening), count: count))
  }

  /// Whether the judge's decision on an answer is certain, however it goes on after `tokens`.
  package func isSettled(_ answer: Int, _ tokens: [Int32]) -> Bool {
    answers.withLock { answers in
      for token in tokens[answers[answer].tokenCount...] {
        // A token that stands for no text, which a model should not answer with, has none to read.
        answers[answer].append((try? tokenizer.bytes(of: token)) ?? [])
      }
      return judge.settled(answers[answer].opening) != nil
    }
  }
}

/// The opening of an answer as far as its tokens have come.
private struct PartialAnswer: Sendable {
  private(set) var opening: AnswerOpening
  private(set) var tokenCount = 0
  /// The first bytes of a character whose others are in tokens to come.
  private var unread: [UInt8] = []

  init(_ opening: AnswerOpening) { self.opening = opening }

  mutating func append(_ bytes: [UInt8]) {
    tokenCount += 1
    let all = unread + bytes
    let whole = all.count - Self.incompleteBytes(all)
    opening.read(String(decoding: all[..<whole], as: UTF8.self).unicodeScalars)
    unread = Array(all[whole...])
  }

  /// How many bytes at the end begin a character of UTF-8 and lack the rest of it.
  private static func incompleteBytes(_ bytes: [UInt8]) -> Int {
    for (index, byte) in bytes.reversed().prefix(3).enumerated() where byte & 0xC0 != 0x80 {
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > index + 1 ? index + 1 : 0
    }
    return 0
  }
}
