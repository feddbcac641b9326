import COpenSSL
import Checkpoints
import Foundation

/// SHA-256 of files, remembered between runs, because model files are large and rarely change.
public struct FileDigest: Sendable {
  private let folder: String

  /// Remembers digests in the cache folder that the environment names.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    folder = CacheFolder(environment: environment).path(of: "digests")
  }

  /// The SHA-256 of a model: of its file, or of the list of its files that compute.
  ///
  /// The list has a line `sha256  name` for every part of a split GGUF file, or for config.json and
  /// every .safetensors file of a folder, sorted by name, as `sha256sum` writes it.
  public func sha256(ofModel path: String) throws(ModelError) -> String {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      return try sha256(
        ofFiles: files.filter { $0 == "config.json" || $0.hasSuffix(".safetensors") }, in: path)
    }
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    let part = GGUFPartName(path: url.lastPathComponent)
    let parts = part.map { part in (1...part.count).map { part.path(ofPart: $0) } } ?? []
    // A file that only has such a name is a model of its own.
    guard parts.count > 1,
      parts.allSatisfy({ FileManager.default.fileExists(atPath: folder + "/" + $0) })
    else { return try sha256(ofFile: path) }
    return try sha256(ofFiles: parts, in: folder)
  }

  /// The SHA-256 of a list of files with their own, sorted by name.
  public func sha256(ofFiles names: [String], in folder: String) throws(ModelError) -> String {
    var list = ""
    for name in names.sorted() {
      list += try sha256(ofFile: folder + "/" + name) + "  " + name + "\n"
    }
    return try Self.sha256(of: list)
  }

  /// The SHA-256 of the file at `path`, in hexadecimal.
  ///
  /// A remembered digest counts only while the file is the same one: its path, place on the disk, size
  /// and both times of change, of which nobody can set the second back.
  public func sha256(ofFile path: String) throws(ModelError) -> String {
    let note = self.note(for: path)
    if let note, let known = try? String(contentsOfFile: note, encoding: .utf8), known.count == 64 {
      return known
    }
    let computed: String?
    do throws(CheckpointError) { computed = try Self.sha256(of: OpenFile(path: path)) } catch {
      throw .checkpoint(error)
    }
    guard let digest = computed else { throw .digest(path: path) }
    if let note {
      // Only a saving of time: where the folder cannot be written, the digest is computed again.
      try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try? digest.write(toFile: note, atomically: true, encoding: .utf8)
    }
    return digest
  }

  /// The SHA-256 of a text's UTF-8, in hexadecimal.
  public static func sha256(of text: String) throws(ModelError) -> String {
    let digest = Array(text.utf8).withUnsafeBytes { sha256(of: $0) }
    guard let digest else { throw .digest(path: "a text") }
    return digest
  }

  private static func sha256(of bytes: UnsafeRawBufferPointer) -> String? {
    var digest = [UInt8](repeating: 0, count: 32)
    guard openssl_sha256(bytes.baseAddress, bytes.count, &digest) else { return nil }
    return hexadecimal(digest)
  }

  private static func sha256(of file: OpenFile) throws(CheckpointError) -> String? {
    guard let state = openssl_sha256_begin() else { return nil }
    defer { openssl_sha256_free(state) }
    var isComplete = true
    try file.forEachPart { part in
      isComplete = openssl_sha256_add(state, part.baseAddress, part.count) && isComplete
    }
    var digest = [UInt8](repeating: 0, count: 32)
    guard isComplete, openssl_sha256_end(state, &digest) else { return nil }
    return hexadecimal(digest)
  }

  private static func hexadecimal(_ digest: [UInt8]) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Where the digest of the file in its present state is remembered.
  private func note(for path: String) -> String? {
    // What a link leads to counts, not the link: Hugging Face's cache is made of links.
    let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let times = [status.st_mtimespec, status.st_ctimespec]
    #else
      let times = [status.st_mtim, status.st_ctim]
    #endif
    let numbers =
      [Int(status.st_dev), Int(status.st_ino), Int(status.st_size)]
      + times.flatMap { [Int($0.tv_sec), Int($0.tv_nsec)] }
    let state = ([path] + numbers.map(String.init)).joined(separator: "\n")
    return (try? Self.sha256(of: state)).map { folder + "/" + $0 }
  }
}
