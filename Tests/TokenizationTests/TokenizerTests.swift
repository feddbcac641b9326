import Testing
import Tokenization

@Suite("Using a tokenizer")
struct TokenizerTests {
  private func chat(addsBOS: Bool? = nil, family: String = "gpt-2") throws -> BytePairTokenizer {
    var model = byteModel(
      others: ["<s>", "</s>", "<tool>", "<s>>", "<pad>"], types: [3, 3, 4, 2, 5], family: family)
    model.bos = 256
    model.eos = 257
    model.addsBOS = addsBOS
    return try BytePairTokenizer(model)
  }

  @Test("BOS is added as the rule and the model say, and never twice")
  func bos() throws {
    let adding = try chat(addsBOS: true)
    #expect(try adding.encode("a", addingBOS: .asModel) == [256, 97])
    #expect(try adding.encode("a", addingBOS: .never) == [97])
    #expect(try adding.encode("<s>a", addingBOS: .asModel) == [256, 97])
    #expect(try adding.encode("", addingBOS: .always) == [256])
    let silent = try chat(addsBOS: false)
    #expect(try silent.encode("a", addingBOS: .asModel) == [97])
    #expect(try silent.encode("<s>a", addingBOS: .always) == [256, 97])
    let spelled = try adding.encode("<s>", parseSpecial: false, addingBOS: .asModel)
    #expect(spelled == [256, 60, 115, 62])
  }

  @Test("a file that does not say gets its family's custom")
  func bosByFamily() throws {
    #expect(try chat().specialTokens.addsBOS == false)
    #expect(try chat(family: "llama-bpe").specialTokens.addsBOS)
    #expect(try chat(addsBOS: false, family: "llama-bpe").specialTokens.addsBOS == false)
  }

  @Test("BOS of a model that has none is an error")
  func missingBOS() throws {
    let tokenizer = try BytePairTokenizer(byteModel())
    #expect(tokenizer.bosToken == nil)
    #expect(tokenizer.eosToken == nil)
    #expect(throws: TokenizerError.missingBOS) { try tokenizer.encode("a", addingBOS: .always) }
  }

  @Test("the longest of the leftmost special tokens wins")
  func longest() throws {
    let tokenizer = try chat()
    #expect(try tokenizer.encode("<s>><s></s>") == [259, 256, 257])
    #expect(try tokenizer.encode("<<s>") == [60, 256])
    #expect(try tokenizer.encode("<s") == [60, 115])
    #expect(try tokenizer.encode("<pad>").count == 5)
  }

  @Test("user-defined tokens are text, control tokens only when parsed")
  func kinds() throws {
    let tokenizer = try chat()
    #expect(try tokenizer.encode("<tool>", parseSpecial: false) == [258])
    #expect(try tokenizer.encode("<s>", parseSpecial: false) == [60, 115, 62])
    #expect(
      try [256, 257, 258, 259, 97].map { try tokenizer.isControl($0) }
        == [true, true, false, true, false])
  }

  @Test("texts of special tokens")
  func texts() throws {
    let tokenizer = try chat()
    #expect(tokenizer.bosToken == "<s>")
    #expect(tokenizer.eosToken == "</s>")
    #expect(try tokenizer.decode([256, 97, 258, 257]) == "<s>a<tool></s>")
  }

  @Test("ids out of range are errors", arguments: [-1, 261, Int32.max, Int32.min])
  func unknownID(id: Int32) throws {
    let tokenizer = try chat()
    #expect(tokenizer.vocabularySize == 261)
    let expected = TokenizerError.unknownID(id, vocabularySize: 261)
    #expect(throws: expected) { try tokenizer.decode([97, id]) }
    #expect(throws: expected) { try tokenizer.bytes(of: id) }
    #expect(throws: expected) { try tokenizer.piece(of: id) }
    #expect(throws: expected) { try tokenizer.isControl(id) }
  }

  @Test("pieces stay on one line and show stray bytes")
  func pieces() throws {
    let tokenizer = try BytePairTokenizer(
      byteModel(others: ["Ġthe", "ĊĊ", "Ã©", "ðŁĺĢ", "Ġâ", "âĢ¨"]))
    let shown = try (256...261).map { try tokenizer.piece(of: $0) }
    #expect(shown == [" the", "\\n\\n", "é", "😀", " \\xE2", "\\u{2028}"])
    #expect(
      try [0, 9, 13, 0x80].map { try tokenizer.piece(of: $0) }
        == ["\\u{0}", "\\t", "\\r", "\\x80"])
  }

  @Test("half a character decodes to its bytes, and to U+FFFD as text")
  func halfCharacter() throws {
    let tokenizer = try BytePairTokenizer(byteModel())
    #expect(try tokenizer.decodeBytes([0xE2, 0x82]) == [0xE2, 0x82])
    #expect(try tokenizer.decode([97, 0xE2, 0x82]) == "a\u{FFFD}")
  }

  @Test("a vocabulary can be packed from byte strings and from memory")
  func packing() {
    var packed = PackedByteStrings([[97, 98], []])
    [UInt8]("xyz".utf8).withUnsafeBytes { packed.append($0) }
    #expect(packed.count == 3)
    #expect((0..<3).map { Array(packed[$0]) } == [[97, 98], [], [120, 121, 122]])
  }
}
