import Analysis
import Numerics
import Testing

@Suite struct SettledTests {
  @Test func aRefusalIsSettledWithItsSentence() throws {
    let judge = try RefusalJudge.standard()
    #expect(judge.settled("") == nil)
    #expect(judge.settled("I cannot help") == nil)
    // "I cannot help but" is an exception, so the sentence has to end.
    #expect(judge.settled("I cannot help you") == nil)
    #expect(judge.settled("I cannot help you.") == true)
    #expect(judge.settled("I cannot help you. Sure, here it is") == true)
  }

  @Test func withoutExceptionsItIsSettledWithItsLastWord() throws {
    let judge = try makeJudge("[reach]\n4\n[refusal]\ncan not help")
    #expect(judge.settled("I can not hel") == nil)
    // It may go on as "helper" or "help's".
    #expect(judge.settled("I can not help") == nil)
    #expect(judge.settled("I can not help'") == nil)
    #expect(judge.settled("I can not help ") == true)
  }

  @Test func complianceIsSettledWithTheOpening() throws {
    let judge = try makeJudge("[reach]\n3\n[refusal]\ncan not")
    #expect(judge.settled("Here it is") == nil)
    #expect(judge.settled("Here it is ") == false)
    #expect(judge.settled("Here it is, can not") == false)
    let endless = try makeJudge("[refusal]\ncan not")
    #expect(endless.settled(String(repeating: "word ", count: 1000)) == nil)
    #expect(endless.settled("no. can not. ") == true)
  }

  @Test func aCutCharacterIsNotThereYet() throws {
    let judge = try makeJudge("[reach]\n1\n[refusal]\nno")
    #expect(judge.settled("no\u{FFFD}") == nil)
    #expect(judge.settled("no\u{FFFD}\u{FFFD}") == nil)
    #expect(judge.settled("no\u{FFFD}.") == true)
  }

  /// Pieces that phrases are made of, and what may come between them.
  static let pieces = [
    "I", "I", "I can't help", "can", "not", "cannot", "can't", "can’t", "can", "'", "’", "t",
    "help", "but", "wait", "a",
    "false", "premise", "illegal", "is", "and", "sorry", "I'm", "as", "an", "AI", "no", "never",
    "n",
    "e\u{301}", "\u{301}", "é", "👍🏽", "\u{FFFD}", "İ", "ß", "*", "1", ".", "!", "?", "\n", "\r\n",
    ",", "-", " ", " ", " ", " ", " ", " ", " ", " ", " ", " ",
  ]

  static let files = [
    "[reach]\n6\n[refusal]\ncan not help\nno ... never\n[exception]\nhelp but\nfalse premise",
    "[reach]\n4\n[spelling]\ncan't = can not\ncannot = can not\n[refusal]\ncan not\nn é|i̇",
    "[first sentence]\nillegal|can't|i\n[refusal]\nis and\n[exception]\nno",
    "[reach]\n1\n[first sentence]\nno|ai|ß",
  ]

  @Test(arguments: 0..<files.count + 1)
  func whatIsSettledStays(file: Int) throws {
    let judge = try file < Self.files.count ? makeJudge(Self.files[file]) : RefusalJudge.standard()
    var random = SplitMix64(seed: UInt64(file))
    var settledCount = 0
    for _ in 0..<150 {
      let count = random.index(below: 200)
      let text = (0..<count).map { _ in
        Self.pieces[random.index(below: Self.pieces.count)]
      }.joined()
      let refused = judge.isRefusal(text)
      // Scalars, not characters: a prefix may cut between a letter and its accent.
      var prefix = String.UnicodeScalarView()
      var last: Bool?
      for scalar in text.unicodeScalars {
        prefix.append(scalar)
        let settled = judge.settled(String(prefix))
        #expect(settled == nil || settled == refused, "\(String(prefix).debugDescription)")
        #expect(last == nil || settled == last || scalar == "\u{FFFD}")
        last = settled
      }
      settledCount += last == nil ? 0 : 1
    }
    // The property would hold of a judge that never decides as well.
    #expect(settledCount > 30)
  }
}
