import Foundation
import TestSupport
import Testing

@Suite("models lists models and looks into them")
struct ModelsTests {
  let workplace: Workplace

  init() throws { workplace = try Workplace() }

  @Test("The list, as a table and as JSON")
  func list() throws {
    for name in ["Tiny-Two", "Tiny-One"] {
      try workplace.write(ChatModel.bytes(), to: "../cache/models/\(name).gguf")
    }
    try workplace.write("no model", to: "../cache/models/notes.txt")
    let folder = workplace.cache + "/models"
    let table = try workplace.run(["models", "list"])
    table.expectSuccess()
    let lines = table.stdout.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1] == "Tiny-One  23.2 KiB  llama         \(folder)/Tiny-One.gguf")
    #expect(lines[2] == "Tiny-Two  23.2 KiB  llama         \(folder)/Tiny-Two.gguf")
    let qwen = "Qwen2.5-Coder-0.5B-Instruct.Q4_K_M"
    #expect(
      table.stderr.contains("not fetched: \(qwen), 468.6 MiB, by `make model MODEL=\(qwen)`\n"))

    let json = try workplace.run(["models", "list", "--json"])
    json.expectSuccess()
    #expect(json.stderr == "")
    let byteCount = try ChatModel.bytes().count
    let rows = try #require(
      JSONSerialization.jsonObject(with: Data(json.stdout.utf8)) as? [[String: Any]])
    #expect(rows.compactMap { $0["name"] as? String } == ["Tiny-One", "Tiny-Two"])
    #expect(rows.first?["bytes"] as? Int == byteCount)
    #expect(rows.first?["architecture"] as? String == "llama")
    #expect(rows.first?["path"] as? String == folder + "/Tiny-One.gguf")
  }

  @Test("An empty list says on stderr where models are looked for")
  func emptyList() throws {
    let output = try workplace.run(["models", "list"])
    output.expectSuccess()
    #expect(output.stdout == "")
    #expect(
      output.stderr
        == "\(workplace.cache)/models holds no models; `make model` fetches the default one\n")
    #expect(try workplace.run(["models", "list", "--json"]).stdout == "[\n\n]\n")
  }

  @Test("A tokenizer that cannot be used is said, and the rest is shown")
  func unusableTokenizer() throws {
    try workplace.write(ChatModel.replacing("smollm", with: "smollx"), to: "bad.gguf")
    let output = try workplace.run(["models", "inspect", "bad.gguf"])
    output.expectSuccess()
    #expect(output.stdout.contains("\nlayers        2\n"))
    #expect(output.stdout.contains("unusable: bad.gguf names the pre-tokenizer 'smollx'"))
  }

  @Test("A model by its name, whatever its case, cut short where only one fits")
  func byName() throws {
    try workplace.write(ChatModel.bytes(), to: "../cache/models/Tiny-One.Q8_0.gguf")
    let output = try workplace.run(["models", "inspect", "tiny-one"])
    output.expectSuccess()
    #expect(output.stdout.contains("\nlayers        2\n"))
    #expect(output.stdout.contains("\nd_model       16\n"))
    #expect(output.stdout.contains("\nheads         2 query, 2 key-value, d_head 8\n"))
    #expect(output.stdout.contains("\nunembedding   tied to the embedding\n"))
    #expect(output.stdout.contains("\nparameters    8752\n"))
    #expect(output.stdout.contains("15 × F16 (16.9 KiB), 5 × F32 (320 B)\n"))
    #expect(output.stdout.contains("\nchat template\n{# BOS: here #}{% for message in messages %}"))
  }

  @Test("As JSON")
  func inspectJSON() throws {
    let output = try workplace.run(["models", "inspect", "tiny.gguf", "--json"])
    output.expectSuccess()
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(output.stdout.utf8)) as? [String: Any])
    let fields = try #require(object["fields"] as? [[String: String]])
    #expect(fields.contains { $0["name"] == "d_vocab" && $0["value"] == "270" })
    #expect((object["chatTemplate"] as? String)?.hasPrefix("{# BOS: here #}") == true)
  }

  @Test("A model that cannot be run can still be looked at, and says why it cannot")
  func unsupported() throws {
    try workplace.write(
      ChatModel.settingTensor("blk.0.attn_q.weight", type: 999), to: "new.gguf")
    let output = try workplace.run(["models", "inspect", "new.gguf"])
    output.expectSuccess()
    #expect(output.stdout.contains("1 × type 999"))
    let key = "general.architecture\u{8}\0\0\0\u{5}\0\0\0\0\0\0\0"
    try workplace.write(ChatModel.replacing(key + "llama", with: key + "phiii"), to: "phi.gguf")
    let phi = try workplace.run(["models", "inspect", "phi.gguf"])
    phi.expectSuccess()
    #expect(phi.stdout.contains("architecture  phiii\n"))
    #expect(phi.stdout.contains("its architecture is \"phiii\"; use a model of a supported"))
  }

  @Test("A damaged model is refused")
  func damaged() throws {
    try workplace.write("GGUF", to: "bad.gguf")
    try workplace.expectRefusal(
      of: ["models", "inspect", "bad.gguf"],
      "bad.gguf is damaged at the file header: 4 more bytes are needed but the file has only 0 "
        + "left; download or convert the file again")
  }
}
