import TestSupport
import Testing
import Tokenization

@Suite("Folders of Hugging Face")
struct FolderTests {
  @Test("give the ids of Hugging Face's libraries", arguments: FolderFixture.kinds)
  func agreement(kind: String) throws {
    let fixture = try FolderFixture.load(kind)
    let tokenizer = try fixture.open().tokenizer
    #expect(fixture.cases.count > 90)
    #expect(fixture.cases.contains { $0.ids != $0.plain })
    for example in fixture.cases {
      let name = example.text.debugDescription
      #expect(try tokenizer.encode(example.text) == example.ids, "\(name)")
      let plain = try tokenizer.encode(example.text, parseSpecial: false)
      #expect(plain == example.plain, "\(name) plain")
    }
  }

  @Test("decode to the text that was encoded", arguments: ["prepend", "model-legacy"])
  func roundTrip(kind: String) throws {
    let tokenizer = try FolderFixture.load(kind).open().tokenizer
    var generator = SeededGenerator(state: 3)
    for _ in 0..<1000 {
      let text = generator.text()
      // Text that begins with a space keeps one less where spaces are marked only once.
      guard !text.contains("\u{2581}"), text.utf8.first != UInt8(ascii: " ") else { continue }
      let ids = try tokenizer.encode(text, parseSpecial: false)
      #expect(try tokenizer.decodeBytes(ids) == Array(text.utf8), "\(text.debugDescription)")
    }
  }

  @Test("a long text without spaces takes about linear time", arguments: FolderFixture.kinds)
  func long(kind: String) throws {
    let tokenizer = try FolderFixture.load(kind).open().tokenizer
    for unit in ["a", " ", "水", "river <s> "] {
      let text = String(repeating: unit, count: 300_000 / unit.utf8.count)
      let (ids, seconds) = try processorSeconds { try tokenizer.encode(text) }
      #expect(ids.count > 0)
      #expect(seconds < 10)
    }
  }

  /// A byte-level model of the letters a, b and ab with `extra` fields before its model.
  private func file(_ extra: String = "") -> String {
    #"{\#(extra)"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},"decoder":{"#
      + #""type":"ByteLevel"},"model":{"type":"BPE","vocab":{"b":1,"a":0,"ab":2,"<e>":3},"#
      + #""merges":[["a","b"]]}}"#
  }

  @Test(
    "take BOS from the template, whatever flags of the configuration say, as transformers 5 does")
  func bos() throws {
    let template =
      #""post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x"}},"#
      + #"{"Sequence":{"id":"A"}}],"special_tokens":{"x":{"ids":[3]}}},"#
    let plain = try openFolder(["tokenizer.json": file(template)])
    #expect(plain.tokenizer.specialTokens.bos == 3)
    #expect(try plain.tokenizer.encode("ab", addingBOS: .asModel) == [3, 2])
    for flags in [
      #""add_bos_token":false,"#, #""add_eos_token":false,"#, #""add_bos_token":null,"#,
    ] {
      let config = "{\(flags)" + #""bos_token":"<e>","eos_token":{"content":"<e>"}}"#
      let flagged = try openFolder([
        "tokenizer.json": file(template), "tokenizer_config.json": config,
      ])
      #expect(try flagged.tokenizer.encode("ab", addingBOS: .asModel) == [3, 2])
      #expect(flagged.tokenizer.bosToken == "<e>")
      #expect(flagged.endIDs == [3])
    }
    let bare = try openFolder([
      "tokenizer.json": file(),
      "tokenizer_config.json": #"{"add_bos_token":true,"bos_token":"<e>"}"#,
    ])
    #expect(try bare.tokenizer.encode("ab", addingBOS: .asModel) == [2])
  }

  @Test("end an answer with EOS and what generation_config.json says, or else config.json")
  func endIDs() throws {
    var files = [
      "tokenizer.json": file(), "tokenizer_config.json": #"{"eos_token":"<e>"}"#,
      "config.json": #"{"eos_token_id":[1,2]}"#,
    ]
    #expect(try openFolder(files).endIDs == [1, 2, 3])
    files["generation_config.json"] = #"{"eos_token_id":null}"#
    #expect(try openFolder(files).endIDs == [1, 2, 3])
    files["generation_config.json"] = #"{"eos_token_id":0}"#
    #expect(try openFolder(files).endIDs == [0, 3])
  }

  @Test("have a template in a file, as text, or among several")
  func templates() throws {
    let several =
      #"{"chat_template":[{"name":"tools","template":"T"},{"name":"default","template":"D"}]}"#
    var files = ["tokenizer.json": file(), "tokenizer_config.json": several]
    #expect(try openFolder(files).chatTemplate == "D")
    #expect(try openFolder(files).chatTemplateNames == ["tools", "default"])
    files["tokenizer_config.json"] = #"{"chat_template":[{"name":"tools","template":"T"}]}"#
    #expect(try openFolder(files).chatTemplate == nil)
    #expect(try openFolder(files).chatTemplateNames == ["tools"])
    files["tokenizer_config.json"] = #"{"chat_template":"one"}"#
    #expect(try openFolder(files).chatTemplate == "one")
    files["chat_template.jinja"] = "{{ messages }}\n"
    #expect(try openFolder(files).chatTemplate == "{{ messages }}\n")
    #expect(try openFolder(["tokenizer.json": file()]).chatTemplate == nil)
  }

  @Test("name special tokens in either file, which text then matches whole")
  func specialTokens() throws {
    let opened = try openFolder([
      "tokenizer.json": file(),
      "special_tokens_map.json": #"{"eos_token":"<e>","pad_token":"<p>"}"#,
      "generation_config.json": #"{"eos_token_id":[3,0]}"#,
    ])
    #expect(opened.tokenizer.specialTokens.eos == 3)
    #expect(opened.tokenizer.specialTokens.padding == nil)
    #expect(opened.endIDs == [0, 3])
    #expect(try opened.tokenizer.encode("ab<e>a") == [2, 3, 0])
    #expect(try opened.tokenizer.isControl(3))
  }

  @Test("tell tokens apart that differ only in how characters are composed")
  func composition() throws {
    let text =
      #"{"model":{"type":"BPE","vocab":{"\u00e9":0,"e":1,"\u0301":2,"e\u0301":3},"#
      + #""merges":["e \u0301"]}}"#
    let tokenizer = try openFolder(["tokenizer.json": text]).tokenizer
    #expect(try tokenizer.encode("\u{E9}e\u{301}") == [0, 3])
  }
}
