import Testing
import Tokenization

@Suite("Files that are broken or ask for what is not known are refused")
struct HostileFolderTests {
  private func error(_ json: String) throws -> String? {
    try folderError(["tokenizer.json": Array(json.utf8)])
  }

  private func model(_ fields: String) -> String { #"{"model":{\#(fields)}}"# }

  @Test("a folder without a tokenizer")
  func empty() throws {
    let error = try folderError([:])
    #expect(error?.contains("has neither tokenizer.json nor tokenizer.model: download") == true)
  }

  @Test(
    "what is no JSON",
    arguments: [
      ("", "the end of the text stands where a value is expected, at line 1, column 1"),
      ("{} {}", "'{' follows the end of the JSON text, at line 1, column 4"),
      (#"{"vocab":{"a":0,"a":1}}"#, "the name \"a\" occurs twice, at line 1, column 17"),
      ("{\n\"a\": 01}", "\"01\" is not a JSON value, at line 2, column 6"),
      (
        String(repeating: "[", count: 100_000),
        "values are nested deeper than 64 levels, at line 1, column 65"
      ),
    ])
  func json(text: String, problem: String) throws {
    #expect(
      try error(text)
        == "The tokenizer file tokenizer.json is not valid (no JSON: \(problem)): get another copy of it."
    )
  }

  private static let doubling =
    #"{"type":"Replace","pattern":{"String":"a"},"content":"aa"}"#
  private static let lengthening =
    #"{"type":"Replace","pattern":{"String":"a"},"content":"\#(String(repeating: "a", count: 70_000))"}"#

  @Test(
    "work that grows out of proportion to the text",
    arguments: [
      (
        #""normalizer":{"type":"Sequence","normalizers":["#
          + Array(repeating: doubling, count: 40).joined(separator: ",") + "]}",
        "a", "normalizing it, which makes more than 65600 bytes of it,"
      ),
      (#""normalizer":"# + lengthening, "a", "normalizing it"),
      (
        #""pre_tokenizer":{"type":"Metaspace","replacement":"\#(String(repeating: "_", count: 70_000))"}"#,
        " b", "marking its spaces"
      ),
      (
        #""pre_tokenizer":{"type":"Split","pattern":{"Regex":"(?:a?){60}a{60}"},"behavior":"Isolated"}"#,
        String(repeating: "a", count: 59) + String(repeating: "b", count: 3000),
        "finding words by '(?:a?){60}a{60}'"
      ),
    ])
  func growth(step: String, text: String, problem: String) throws {
    let json = #"{\#(step),"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":[]}}"#
    do {
      _ = try openFolder(["tokenizer.json": json]).tokenizer.encode(text)
      Issue.record("it was encoded")
    } catch let error as TokenizerError {
      #expect(error.description.contains(problem), "\(error)")
    }
  }

  @Test("bytes that are no text")
  func bytes() throws {
    let error = try folderError(["tokenizer.json": [0x22, 0xFF, 0x22]])
    #expect(error?.contains("text in quotes that ends here is not UTF-8") == true)
  }

  @Test(
    "steps of an unknown kind, with the kind and the place",
    arguments: [
      (#""model":{"type":"WordPiece"}"#, "the model 'WordPiece' (model)"),
      (
        #""model":{},"normalizer":{"type":"StripAccents"}"#,
        "the normalizer 'StripAccents' (normalizer)"
      ),
      (
        #""model":{},"normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Precompiled"}]}"#,
        "the normalizer 'Precompiled' (normalizer.normalizers[1])"
      ),
      (
        #""model":{},"pre_tokenizer":{"type":"BertPreTokenizer"}"#,
        "the pre-tokenizer 'BertPreTokenizer' (pre_tokenizer)"
      ),
      (#""model":{},"decoder":{"type":"WordPiece"}"#, "the decoder 'WordPiece' (decoder)"),
      (
        #""model":{},"pre_tokenizer":{"type":"Split","behavior":"Isolated","pattern":{"Regex":"\\w+"}}"#,
        #"'\w' in the expression '\w+'"#
      ),
      (
        #""model":{},"pre_tokenizer":{"type":"Split","behavior":"Isolated","pattern":{"Regex":"a{1,3}+"}}"#,
        "a repetition of a repetition in the expression 'a{1,3}+'"
      ),
      (
        #""model":{},"pre_tokenizer":{"type":"Split","behavior":"Isolated","pattern":{"Regex":"a*"}}"#,
        "the expression 'a*', which matches nothing at all,"
      ),
    ])
  func unknown(fields: String, component: String) throws {
    #expect(
      try error("{\(fields)}")
        == "tokenizer.json asks for \(component), which is not supported: use a model whose tokenizer does without it."
    )
  }

  @Test(
    "vocabularies and merges that contradict themselves",
    arguments: [
      (#""type":"BPE","vocab":{},"merges":[]"#, "it has no tokens"),
      (#""type":"BPE","vocab":{"a":0,"b":0},"merges":[]"#, "tokens 'a' and 'b' both have the id 0"),
      (#""type":"BPE","vocab":{"a":4000000000},"merges":[]"#, "model.vocab is no token id"),
      (#""type":"BPE","vocab":{"a":1e99999},"merges":[]"#, "model.vocab is no token id"),
      (#""type":"BPE","vocab":{"a":-1},"merges":[]"#, "model.vocab is no token id"),
      (#""type":"BPE","vocab":[],"merges":[]"#, "model.vocab is no object"),
      (#""type":"BPE","vocab":{"a":0}"#, "model.merges is no list"),
      (#""type":"BPE","vocab":{"a":0},"merges":["a a"]"#, "its result is no token"),
      (#""type":"BPE","vocab":{"a":0},"merges":[["x","a"]]"#, "its left part is no token"),
      (#""type":"BPE","vocab":{"a":0},"merges":["a"]"#, "it is not two tokens"),
      (#""type":"BPE","vocab":{"a":0},"merges":[7]"#, "it is not two tokens"),
      (#""type":"Unigram","vocab":[["a"]]"#, "model.vocab[0] is no token with a score"),
      (#""type":"Unigram","vocab":[["a",1e999]]"#, "model.vocab[0] is no token with a score"),
      (#""type":"Unigram","vocab":[["a",0]],"unk_id":1"#, "model.unk_id is no token id"),
    ])
  func contradictions(fields: String, problem: String) throws {
    #expect(try error(model(fields))?.contains("(\(problem))") == true)
  }

  @Test("an added token with another id than Hugging Face's library would give it")
  func addedTokens() throws {
    let fields = #""added_tokens":[{"id":7,"content":"<x>","special":true}],"#
    let text = #"{\#(fields)"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}"#
    let problem = "the added token '<x>' has the id 7 where 1 is due"
    #expect(try error(text)?.contains("(\(problem))") == true)
  }

  @Test("ids that a file leaves out stand for nothing")
  func holes() throws {
    let text = #"{"model":{"type":"BPE","vocab":{"b":5,"a":0},"merges":[]}}"#
    let tokenizer = try openFolder(["tokenizer.json": text]).tokenizer
    #expect(tokenizer.vocabularySize == 6)
    #expect(try tokenizer.encode("ab") == [0, 5])
    #expect(try tokenizer.bytes(of: 3) == [])
    #expect(try tokenizer.isControl(3))
    #expect(throws: TokenizerError.unknownID(6, vocabularySize: 6)) { try tokenizer.bytes(of: 6) }
    #expect(throws: TokenizerError.self) { try tokenizer.encode("c") }
  }

  @Test("tokenizer.model cut off anywhere is an error or a smaller vocabulary, never a crash")
  func truncatedModel() throws {
    let files = try FolderFixture.load("model").files
    let bytes = Array(try #require(files["tokenizer.model"].flatMap(base64)))
    for count in stride(from: 0, to: bytes.count, by: 97) {
      let error = try folderError(["tokenizer.model": Array(bytes[..<count])])
      #expect(error != nil, "\(count)")
    }
    var generator = SeededGenerator(state: 5)
    for _ in 0..<100 {
      var broken = bytes
      for _ in 0..<4 {
        broken[Int.random(in: broken.indices, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      _ = try folderError(["tokenizer.model": broken])
    }
  }
}
