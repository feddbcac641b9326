import Foundation
import Prompts
import Testing

@Suite("Rows that are chats, and files that are packed")
struct ChatFileTests {
  private static let one = #"{"messages":[{"role":"user","content":"Hi"}],"label":"safe"}"#
  private static let answered =
    #"{"conversations":[{"from":"human","value":" Hi "},{"from":"gpt","value":"Hello"}]}"#

  private func read(_ bytes: [UInt8], _ name: String) throws -> PromptSet {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent(name)
    try Data(bytes).write(to: file)
    return try PromptSet.read(path: file.path)
  }

  private func problem(_ bytes: [UInt8], _ name: String) throws -> PromptError.Problem? {
    do {
      _ = try read(bytes, name)
      return nil
    } catch let error as PromptError {
      return error.problem
    }
  }

  @Test("One turn of the user is the prompt, in either spelling", arguments: [one, answered])
  func chats(row: String) throws {
    let set = try read(Array(row.utf8), "p.jsonl")
    #expect(set.prompts.map(\.text) == ["Hi"])
    #expect(try read(Array("[\(row)]".utf8), "p.json").prompts.map(\.text) == ["Hi"])
  }

  @Test(
    "The user's last turn is the prompt, after what was said before; an answer to it is left out")
  func earlierTurns() throws {
    let turns =
      #"[{"role":"system","content":"s"},{"role":"user","content":"a"},"#
      + #"{"role":"assistant","content":"b"},{"role":"user","content":"c"},"#
      + #"{"role":"assistant","content":"d"}]"#
    let prompt = try #require(read(Array("{\"messages\":\(turns)}".utf8), "p.jsonl").prompts.first)
    #expect(prompt.text == "c")
    #expect(prompt.earlier.map(\.role) == ["system", "user", "assistant"])
    #expect(prompt.earlier.map(\.text) == ["s", "a", "b"])
  }

  @Test(
    "Chats that no template knows are not left out in silence",
    arguments: [
      #"[{"role":"system","content":"a"}]"#,
      #"[{"role":"user","content":"a"},{"role":"system","content":"b"},{"role":"user","content":"c"}]"#,
      #"[{"role":"user","content":"a"},{"role":"tool","content":"b"}]"#,
      #"[{"role":"assistant","content":"a"},{"role":"user","content":"b"}]"#,
    ])
  func unusableChats(turns: String) throws {
    #expect(
      try problem(Array("{\"messages\":\(turns)}".utf8), "p.jsonl")
        == .unusableChat(column: "messages"))
  }

  @Test("A chat with pictures is no text")
  func pictures() throws {
    let row = #"{"messages":[{"role":"user","content":[{"type":"image"}]}]}"#
    #expect(try problem(Array(row.utf8), "p.jsonl") == .notText(column: "messages"))
  }

  /// "prompt\nHi\n", packed by gzip with the time 0.
  private static let packed: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xFF, 0x2B, 0x28, 0xCA, 0xCF, 0x2D, 0x28,
    0xE1, 0xF2, 0xC8, 0xE4, 0x02, 0x00, 0xAD, 0xD7, 0x92, 0x6A, 0x0A, 0x00, 0x00, 0x00,
  ]

  @Test("A packed table is read, of several members too")
  func gzip() throws {
    let set = try read(Self.packed, "p.csv.gz")
    #expect(set.prompts.map(\.text) == ["Hi"])
    let twice = try read(Self.packed + Self.packed, "p.csv.GZ")
    #expect(twice.prompts.map(\.text) == ["Hi", "prompt", "Hi"])
  }

  @Test("A file that is cut off, damaged or not packed")
  func damaged() throws {
    for count in [0, 5, 12, 20, Self.packed.count - 1] {
      #expect(try problem(Array(Self.packed.prefix(count)), "p.csv.gz") == .damagedGzip)
    }
    var wrong = Self.packed
    wrong[Self.packed.count - 6] ^= 1
    #expect(try problem(wrong, "p.csv.gz") == .damagedGzip)
    #expect(try problem(Array("prompt\nHi\n".utf8), "p.csv.gz") == .damagedGzip)
  }

  @Test("Parquet: how to convert it")
  func parquet() throws {
    let error = #expect(throws: PromptError.self) { try read(Array("PAR1".utf8), "p.parquet") }
    #expect(error?.description.contains("pandas.read_parquet") == true)
  }
}
