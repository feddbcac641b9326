import Foundation

/// The bytes of a prompt file, checked to be UTF-8, without a byte order mark.
struct TextFile {
  /// The path, as error messages name it.
  let path: String

  /// Valid UTF-8.
  let bytes: [UInt8]

  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  init(path: String) throws(PromptError) {
    self.path = path
    var bytes = try Self.contents(of: path)
    let markLength = bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
    bytes.removeFirst(markLength)
    if let utf16 = Self.utf16Name(bytes) {
      throw PromptError(source: path, place: .whole, problem: .notUTF8(encoding: utf16))
    }
    if let offset = Self.firstInvalidOffset(bytes) {
      let line = 1 + bytes[..<offset].count(where: { $0 == ASCII.lineFeed })
      let place = PromptError.Place.byte(offset: offset + markLength, line: line)
      throw PromptError(source: path, place: place, problem: .invalidUTF8)
    }
    self.bytes = bytes
  }

  /// The file's lines without their line feeds, numbered from 1.
  var lines: [(number: Int, bytes: ArraySlice<UInt8>)] {
    bytes.split(separator: ASCII.lineFeed, omittingEmptySubsequences: false)
      .enumerated().map { ($0.offset + 1, $0.element) }
  }

  private static func contents(of path: String) throws(PromptError) -> [UInt8] {
    do {
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      guard path.lowercased().hasSuffix(".gz") else { return bytes }
      return try Gunzipper().unpack(bytes)
    } catch let error as GzipError {
      let problem: PromptError.Problem =
        switch error {
        case .damaged: .damagedGzip
        case .tooLong: .longGzip(bytes: Gunzipper.mostBytes)
        }
      throw PromptError(source: path, place: .whole, problem: problem)
    } catch {
      let problem = PromptError.Problem.unreadable(reason: reason(error, path: path))
      throw PromptError(source: path, place: .whole, problem: problem)
    }
  }

  private static func reason(_ error: any Error, path: String) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      return "it does not exist"
    }
    return isFolder.boolValue ? "it is a folder" : error.localizedDescription
  }

  private static func utf16Name(_ bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0xFF, 0xFE]) { return "UTF-16LE" }
    return bytes.starts(with: [0xFE, 0xFF]) ? "UTF-16BE" : nil
  }

  private static func firstInvalidOffset(_ bytes: [UInt8]) -> Int? {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let scalar): offset += scalar.count
      case .error: return offset
      case .emptyInput: return nil
      }
    }
  }
}

/// A file that is one text.
public enum PlainText {
  /// The text at `path`, which is UTF-8, without a byte order mark.
  ///
  /// - Throws: an error that names the file and, where its bytes are no text, the place.
  public static func read(path: String) throws(PromptError) -> String {
    String(decoding: try TextFile(path: path).bytes, as: UTF8.self)
  }
}
