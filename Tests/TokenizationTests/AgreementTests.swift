import Testing
import Tokenization

@Suite("Ids equal those of Hugging Face's tokenizers")
struct AgreementTests {
  @Test("with control tokens parsed", arguments: Fixture.families)
  func parsed(family: String) throws {
    let fixture = try Fixture.load(family)
    let tokenizer = try BytePairTokenizer(fixture.model(family))
    #expect(fixture.cases.count > 100)
    for example in fixture.cases {
      #expect(try tokenizer.encode(example.text) == example.ids, "\(example.text.debugDescription)")
    }
  }

  @Test("with control tokens spelled out", arguments: Fixture.families)
  func spelledOut(family: String) throws {
    let fixture = try Fixture.load(family)
    let tokenizer = try BytePairTokenizer(fixture.model(family))
    #expect(fixture.cases.contains { $0.ids != $0.plain })
    for example in fixture.cases {
      let ids = try tokenizer.encode(example.text, parseSpecial: false)
      #expect(ids == example.plain, "\(example.text.debugDescription)")
      for id in ids { #expect(try !tokenizer.isControl(id)) }
    }
  }

  @Test("from many threads at once")
  func concurrent() async throws {
    let fixture = try Fixture.load("llama-bpe")
    let tokenizer = try BytePairTokenizer(fixture.model("llama-bpe"))
    let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask { try fixture.cases.count { try tokenizer.encode($0.text) != $0.ids } }
      }
      return try await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }
}
