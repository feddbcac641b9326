/// A strict reader of RFC 4180 files: CSV, and TSV with the same quoting rules.
///
/// Fields keep every byte, spaces around them included. A record ends with LF, CRLF or the end of
/// the file; a blank line is a record with one empty field. Inside quotes line ends belong to the
/// field. Everything else that the RFC does not allow is an error that names its line.
struct DelimitedReader {
  struct Record {
    /// The line on which the record starts, counted from 1.
    var line: Int
    var fields: [String]
    /// True for a line without a single byte.
    var isBlank: Bool
  }

  private let path: String
  private let bytes: [UInt8]
  private let delimiter: UInt8
  private var position = 0
  private var line = 1

  init(file: TextFile, delimiter: UInt8) {
    path = file.path
    bytes = file.bytes
    self.delimiter = delimiter
  }

  /// All records of the file, without the blank lines at its end.
  static func records(of file: TextFile, delimiter: UInt8) throws(PromptError) -> [Record] {
    var reader = DelimitedReader(file: file, delimiter: delimiter)
    var records: [Record] = []
    while let record = try reader.next() { records.append(record) }
    while records.last?.isBlank == true { records.removeLast() }
    return records
  }

  /// The next record, or nil at the end of the file.
  private mutating func next() throws(PromptError) -> Record? {
    guard position < bytes.count else { return nil }
    let start = position
    var record = Record(line: line, fields: [], isBlank: false)
    repeat {
      record.fields.append(try field())
    } while skip(delimiter)
    record.isBlank = position == start
    endRecord()
    return record
  }

  private mutating func field() throws(PromptError) -> String {
    position < bytes.count && bytes[position] == ASCII.quote
      ? try quotedField() : try unquotedField()
  }

  /// Reads up to the delimiter or line end, which is not consumed.
  private mutating func unquotedField() throws(PromptError) -> String {
    let start = position
    while position < bytes.count, bytes[position] != delimiter, !atLineEnd {
      if bytes[position] == ASCII.quote { throw failure(.quoteInUnquotedField) }
      if bytes[position] == ASCII.carriageReturn { throw failure(.loneCarriageReturn) }
      position += 1
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Reads from the opening quote past the closing one.
  private mutating func quotedField() throws(PromptError) -> String {
    let openingLine = line
    position += 1
    var content: [UInt8] = []
    while true {
      content.append(contentsOf: try untilQuote(openingLine: openingLine))
      guard skip(ASCII.quote) else { break }
      content.append(ASCII.quote)
    }
    guard position == bytes.count || bytes[position] == delimiter || atLineEnd else {
      throw failure(.textAfterClosingQuote, at: openingLine)
    }
    return String(decoding: content, as: UTF8.self)
  }

  /// Reads past the next quote and returns what stands before it.
  private mutating func untilQuote(openingLine: Int) throws(PromptError) -> ArraySlice<UInt8> {
    let start = position
    while position < bytes.count {
      position += 1
      if bytes[position - 1] == ASCII.quote { return bytes[start..<(position - 1)] }
      if bytes[position - 1] == ASCII.lineFeed { line += 1 }
    }
    throw failure(.unterminatedQuote, at: openingLine)
  }

  private var atLineEnd: Bool {
    switch bytes[position] {
    case ASCII.lineFeed: true
    case ASCII.carriageReturn:
      position + 1 < bytes.count && bytes[position + 1] == ASCII.lineFeed
    default: false
    }
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func endRecord() {
    _ = skip(ASCII.carriageReturn)
    if skip(ASCII.lineFeed) { line += 1 }
  }

  private func failure(
    _ problem: PromptError.Problem, at line: Int? = nil
  ) -> PromptError {
    PromptError(source: path, place: .line(line ?? self.line), problem: problem)
  }
}
