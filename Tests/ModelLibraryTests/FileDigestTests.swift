import Foundation
import ModelLibrary
import Testing

@Suite("SHA-256 of files")
struct FileDigestTests {
  // FIPS 180-2's examples: "abc", and a million letters a.
  static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  static let million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
  /// As `printf abd | sha256sum` prints it.
  static let abd = "a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9"

  let scratch: Scratch
  let digest: FileDigest

  init() throws {
    scratch = try Scratch()
    digest = FileDigest(environment: scratch.environment)
  }

  private var notes: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: scratch.path("digests"))) ?? []
  }

  @Test("Known digests, of texts and of files")
  func known() throws {
    #expect(try FileDigest.sha256(of: "abc") == Self.abc)
    #expect(try digest.sha256(ofFile: scratch.write(Array("abc".utf8), to: "a")) == Self.abc)
    let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(try digest.sha256(ofFile: scratch.write(letters, to: "m")) == Self.million)
  }

  @Test("A digest is remembered, and forgotten when the file changes")
  func remembered() throws {
    let path = try scratch.write(Array("abc".utf8), to: "a")
    try setTime(of: path, 1_000_000_000)
    #expect(try digest.sha256(ofFile: path) == Self.abc)
    #expect(notes.count == 1)

    // What was remembered is used: it is not computed again.
    let forged = String(repeating: "f", count: 64)
    try Data(forged.utf8).write(to: URL(fileURLWithPath: scratch.path("digests/" + notes[0])))
    #expect(try digest.sha256(ofFile: path) == forged)

    try scratch.write(Array("abd".utf8), to: "a")
    try setTime(of: path, 1_000_000_001)
    #expect(try digest.sha256(ofFile: path) == Self.abd)
    try scratch.write([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000), to: "a")
    try setTime(of: path, 1_000_000_000)
    #expect(try digest.sha256(ofFile: path) == Self.million)
  }

  @Test("Other bytes of the same length and the same time of change are not taken for the old ones")
  func disguised() throws {
    let path = try scratch.write(Array("abc".utf8), to: "a")
    try setTime(of: path, 1_000_000_000)
    #expect(try digest.sha256(ofFile: path) == Self.abc)
    try scratch.write(Array("abd".utf8), to: "a")
    try setTime(of: path, 1_000_000_000)
    #expect(try digest.sha256(ofFile: path) == Self.abd)
  }

  @Test("The digest of a split GGUF model is that of all its parts, from whichever it is named")
  func parts() throws {
    let first = try scratch.write(Array("abc".utf8), to: "m-00001-of-00002.gguf")
    let second = try scratch.write(Array("abd".utf8), to: "m-00002-of-00002.gguf")
    let both = try FileDigest.sha256(
      of: "\(Self.abc)  m-00001-of-00002.gguf\n\(Self.abd)  m-00002-of-00002.gguf\n")
    #expect(try digest.sha256(ofModel: first) == both)
    #expect(try digest.sha256(ofModel: second) == both)
    // A file that only has such a name.
    let alone = try scratch.write(Array("abc".utf8), to: "n-00001-of-00002.gguf")
    #expect(try digest.sha256(ofModel: alone) == Self.abc)
  }

  @Test("A note that was cut short does not count")
  func damagedNote() throws {
    let path = try scratch.write(Array("abc".utf8), to: "a")
    #expect(try digest.sha256(ofFile: path) == Self.abc)
    try Data("ba78".utf8).write(to: URL(fileURLWithPath: scratch.path("digests/" + notes[0])))
    #expect(try digest.sha256(ofFile: path) == Self.abc)
  }

  @Test("A cache that cannot be written costs time, not the digest")
  func noCache() throws {
    let path = try scratch.write(Array("abc".utf8), to: "a")
    // A file stands where the folder would be.
    let digest = FileDigest(environment: ["WORKBENCH_CACHE": path])
    #expect(try digest.sha256(ofFile: path) == Self.abc)
  }

  @Test("A file that is not there is an error")
  func missing() {
    let error = #expect(throws: ModelError.self) {
      try digest.sha256(ofFile: scratch.path("nothing"))
    }
    #expect(error?.description.contains("there is no such file; check the path") == true)
  }

  private func setTime(of path: String, _ seconds: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: path)
  }
}
