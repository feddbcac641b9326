import Checkpoints
import Foundation
import TestSupport
import Testing

/// Headers of GGUF files that are fetched in several parts.
@Suite struct LongHeaderTests {
  private static let tokens = (0..<40_000).map { "token \($0)" }

  private func builder() -> GGUFBuilder {
    var builder = GGUFBuilder()
    builder.add(
      "tokens", arrayOf: 8, count: UInt64(Self.tokens.count),
      body: Self.tokens.flatMap(GGUFBuilder.string))
    builder.add(
      "scores", arrayOf: 6, count: UInt64(Self.tokens.count),
      body: Self.tokens.indices.flatMap { GGUFBuilder.bytes(Float($0).bitPattern) })
    builder.add("text", String(repeating: "x", count: 300_000))
    builder.add("last", 7)
    builder.addTensor("t", ne: [3], filledWith: 2)
    return builder
  }

  private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    try body(url.path)
  }

  @Test func `a header of a megabyte is read as it was written`() throws {
    try withFile(builder().build()) { path in
      let file = try GGUFFile(path: path)
      #expect(file.tensors[0].offset > 1_000_000)
      #expect(try file.metadata.strings(for: "tokens") == Self.tokens)
      #expect(try file.metadata.floats(for: "scores") == Self.tokens.indices.map { Double($0) })
      #expect(try file.metadata.string(for: "text").utf8.count == 300_000)
      #expect(try file.metadata.int(for: "last") == 7)
      #expect(try file.tensor(named: "t").unpacked() == [2, 2, 2])
    }
  }

  @Test func `a long header that ends anywhere is refused`() throws {
    let bytes = builder().build()
    for length in stride(from: 1, to: bytes.count, by: 61_111) + [65_535, 65_536, 65_537, 131_072] {
      try withFile(Array(bytes[..<length])) { path in
        #expect(throws: CheckpointError.self, "cut after \(length) bytes") {
          try GGUFFile(path: path)
        }
      }
    }
  }

  @Test func `a header of gigabytes is refused before it is in memory`() async {
    await #expect(processExitsWith: .success) {
      var builder = GGUFBuilder()
      builder.add("k", arrayOf: 0, count: 1 << 31, body: [])
      try LongHeaderTests().withFile(builder.build()) { path in
        #expect(truncate(path, 1 << 32) == 0)
        let growth = memoryGrowth {
          let text = message { () throws(CheckpointError) in try GGUFFile(path: path) }
          #expect(
            text.contains("metadata key \"k\": the file's header is longer than 268435456 byt"))
        }
        #expect(growth < 64 << 20)
      }
    }
  }

  @Test func `a configuration of gigabytes is refused before it is in memory`() throws {
    let folder = try ModelFolder(copying: "llama")
    #expect(truncate("\(folder.path)/config.json", 1 << 32) == 0)
    let text = folder.refusal()
    #expect(text.contains("config.json cannot be used: it has 4294967296 bytes where at most"))
  }
}
