import Checkpoints
import Foundation
import Testing

@Suite struct MappedFileTests {
  /// Runs `body` with the path of a new empty folder.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func messageOfMapping(_ path: String) -> String {
    message { () throws(CheckpointError) in try MappedFile(path: path) }
  }

  @Test func `a missing file, a directory, an empty file and a pipe are refused by name`() throws {
    try withFolder { folder in
      let missing = folder + "/missing.gguf"
      #expect(
        messageOfMapping(missing)
          == "cannot read \(missing): there is no such file; check the path")
      #expect(messageOfMapping(folder).contains("it is a directory"))
      let empty = folder + "/empty.gguf"
      try Data().write(to: URL(fileURLWithPath: empty))
      #expect(messageOfMapping(empty).contains("the file is empty"))
      #expect(messageOfMapping(empty + "/inside").contains("Not a directory"))
      let pipe = folder + "/pipe"
      #expect(mkfifo(pipe, 0o600) == 0)
      #expect(messageOfMapping(pipe).contains("it is not a regular file"))
    }
  }

  @Test(.enabled(if: getuid() != 0, "root may read every file"))
  func `a file without read permission is refused`() throws {
    try withFolder { folder in
      let path = folder + "/secret.gguf"
      try Data([1]).write(to: URL(fileURLWithPath: path))
      #expect(chmod(path, 0) == 0)
      #expect(messageOfMapping(path).contains("permission denied"))
    }
  }

  @Test func `released pages are read from the file again`() throws {
    let path = try Fixture.path("tensor-types.gguf")
    let file = try MappedFile(path: path)
    let before = file.withUnsafeBytes { [UInt8]($0) }
    file.release(0..<file.count)
    file.release(5..<6)
    file.release(-10..<file.count + 10)
    try #expect(file.withUnsafeBytes { [UInt8]($0) } == Fixture.bytes("tensor-types.gguf"))
    #expect(before.count == file.count)
  }

  @Test func `a tensor keeps its numbers after release, mapped or copied`() throws {
    let copied = try openGGUF(Fixture.bytes("tensor-types.gguf"))
    for file in [copied, try Fixture.open("tensor-types.gguf")] {
      let tensor = try file.tensor(named: "q6_k")
      let before = try tensor.unpacked()
      tensor.release()
      try #expect(tensor.unpacked().bitPatterns == before.bitPatterns)
    }
  }

  @Test func `a tensor outlives the file that it came from`() throws {
    func tensor() throws -> Tensor {
      try Fixture.open("tensor-types.gguf").tensor(named: "bf16")
    }
    try #expect(tensor().unpacked().count == 1764)
  }
}
