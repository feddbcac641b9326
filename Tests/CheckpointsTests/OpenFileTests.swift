import Checkpoints
import Foundation
import Testing

@Suite struct OpenFileTests {
  /// Runs `body` with the path of a new empty folder.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func messageOfOpening(_ path: String) -> String {
    message { () throws(CheckpointError) in try OpenFile(path: path) }
  }

  @Test func `a missing file, a directory, an empty file and a pipe are refused by name`() throws {
    try withFolder { folder in
      let missing = folder + "/missing.gguf"
      #expect(
        messageOfOpening(missing)
          == "cannot read \(missing): there is no such file; check the path")
      #expect(messageOfOpening(folder).contains("it is a directory"))
      let empty = folder + "/empty.gguf"
      try Data().write(to: URL(fileURLWithPath: empty))
      #expect(messageOfOpening(empty).contains("the file is empty"))
      #expect(messageOfOpening(empty + "/inside").contains("Not a directory"))
      let pipe = folder + "/pipe"
      #expect(mkfifo(pipe, 0o600) == 0)
      #expect(messageOfOpening(pipe).contains("it is not a regular file"))
    }
  }

  @Test(.enabled(if: getuid() != 0, "root may read every file"))
  func `a file without read permission is refused`() throws {
    try withFolder { folder in
      let path = folder + "/secret.gguf"
      try Data([1]).write(to: URL(fileURLWithPath: path))
      #expect(chmod(path, 0) == 0)
      #expect(messageOfOpening(path).contains("permission denied"))
    }
  }

  @Test func `all bytes come in order, in parts`() throws {
    try withFolder { folder in
      let path = folder + "/long"
      var generator = GGUFFuzzTests.SeededGenerator(state: 5)
      let bytes = generator.bytes(600_000)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      for file in [try OpenFile(path: path), try OpenFile(copying: bytes, name: "copy")] {
        #expect(file.count == bytes.count)
        var parts: [[UInt8]] = []
        try file.forEachPart { parts.append([UInt8]($0)) }
        #expect(parts.count == 3)
        #expect(parts.flatMap { $0 } == bytes)
      }
    }
  }

  @Test func `a tensor outlives the file that it came from`() throws {
    func tensor() throws -> Tensor {
      try Fixture.open("tensor-types.gguf").tensor(named: "bf16")
    }
    try #expect(tensor().unpacked().count == 1764)
  }
}
