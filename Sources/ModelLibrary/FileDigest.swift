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

  /// The SHA-256 of a model: of its file, or of the list of its folder's files that compute.
  ///
  /// The list has a line `sha256  name` for config.json and every .safetensors file, sorted by name,
  /// as `sha256sum` writes it.
  public func sha256(ofModel path: String) throws(ModelError) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else { return try sha256(ofFile: path) }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    var list = ""
    for file in files.sorted() where file == "config.json" || file.hasSuffix(".safetensors") {
      list += try sha256(ofFile: path + "/" + file) + "  " + file + "\n"
    }
    return try Self.sha256(of: list)
  }

  /// The SHA-256 of the file at `path`, in hexadecimal.
  ///
  /// A remembered digest counts only while path, size and time of change are the same.
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
    let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      let size = attributes[.size] as? NSNumber,
      let changed = attributes[.modificationDate] as? Date
    else { return nil }
    let full = URL(fileURLWithPath: path).standardizedFileURL.path
    let state = "\(full)\n\(size)\n\(changed.timeIntervalSince1970)"
    return (try? Self.sha256(of: state)).map { folder + "/" + $0 }
  }
}
