import Foundation

/// As much of a JSON value as a prompt file needs.
private enum JSONRecord: Decodable {
  case object([String: PromptTable.Value])
  case value(PromptTable.Value)

  init(from decoder: any Decoder) throws {
    do {
      self = .object(try [String: PromptTable.Value](from: decoder))
    } catch DecodingError.typeMismatch {
      self = .value(try PromptTable.Value(from: decoder))
    }
  }
}

extension PromptTable.Value: Decodable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard !container.decodeNil() else {
      self = .missing
      return
    }
    do {
      self = .text(try container.decode(String.self))
    } catch DecodingError.typeMismatch {
      self = Self.number(in: container) ?? .other
    }
  }

  private static func number(in container: any SingleValueDecodingContainer) -> Self? {
    if let flag = try? container.decode(Bool.self) { return .number(flag ? "true" : "false") }
    return (try? container.decode(Int64.self)).map { .number(String($0)) }
  }
}

extension PromptTable {
  private typealias PlacedRecord = (place: PromptError.Place, record: JSONRecord)

  /// Reads a JSON array of strings or of objects.
  init(json file: TextFile) throws(PromptError) {
    let data = file.bytes[...]
    guard !file.bytes.allSatisfy(\.isJSONWhitespace) else {
      throw PromptError(source: file.path, place: .whole, problem: .noPrompts)
    }
    guard data.first(where: { !$0.isJSONWhitespace }) == UInt8(ascii: "[") else {
      let problem = PromptError.Problem.unexpectedJSON(expected: Self.jsonLayout)
      throw PromptError(source: file.path, place: .whole, problem: problem)
    }
    let records = try Self.decode([JSONRecord].self, data, source: file.path, place: .whole)
    let placed = records.enumerated().map { (PromptError.Place.element($0.offset + 1), $0.element) }
    try self.init(source: file.path, records: placed, expected: Self.jsonLayout)
  }

  /// Reads one JSON string or object per line; blank lines are skipped.
  init(jsonLines file: TextFile) throws(PromptError) {
    var placed: [PlacedRecord] = []
    for (number, line) in file.lines where !line.allSatisfy(\.isJSONWhitespace) {
      let place = PromptError.Place.line(number)
      let record = try Self.decode(JSONRecord.self, line, source: file.path, place: place)
      placed.append((place, record))
    }
    try self.init(source: file.path, records: placed, expected: Self.jsonLinesLayout)
  }

  private static let jsonLayout = "one array of strings or one array of objects"
  private static let jsonLinesLayout = "one string per line or one object per line"

  private init(
    source: String, records: [PlacedRecord], expected: String
  ) throws(PromptError) {
    var objects: [(place: PromptError.Place, fields: [String: Value])] = []
    var rows: [Row] = []
    for (place, record) in records {
      switch record {
      case .object(let fields) where rows.isEmpty: objects.append((place, fields))
      case .value(.text(let text)) where objects.isEmpty:
        rows.append(Row(place: place, values: .list([.text(text)])))
      default:
        let problem = PromptError.Problem.unexpectedJSON(expected: expected)
        throw PromptError(source: source, place: place, problem: problem)
      }
    }
    guard !objects.isEmpty else {
      self.init(source: source, columns: nil, rows: rows)
      return
    }
    let columns = Set(objects.flatMap(\.fields.keys)).sorted()
    let indices = Dictionary(uniqueKeysWithValues: zip(columns, columns.indices))
    rows = objects.map { object in
      let values = object.fields.compactMap { key, value in indices[key].map { ($0, value) } }
      return Row(place: object.place, values: .sparse(Dictionary(uniqueKeysWithValues: values)))
    }
    self.init(source: source, columns: columns, rows: rows)
  }

  private static func decode<T: Decodable>(
    _ type: T.Type, _ bytes: ArraySlice<UInt8>, source: String, place: PromptError.Place
  ) throws(PromptError) -> T {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      let problem = PromptError.Problem.invalidJSON(reason: reason(error))
      throw PromptError(source: source, place: place, problem: problem)
    }
  }

  /// Foundation's own account of a syntax error, which names line and column.
  private static func reason(_ error: any Error) -> String {
    guard case DecodingError.dataCorrupted(let context) = error else { return "\(error)" }
    let details = (context.underlyingError as NSError?)?.userInfo["NSDebugDescription"] as? String
    let reason = details ?? context.debugDescription
    return reason.hasSuffix(".") ? String(reason.dropLast()) : reason
  }
}

extension UInt8 {
  fileprivate var isJSONWhitespace: Bool {
    self == UInt8(ascii: " ") || self == ASCII.tab || self == ASCII.lineFeed
      || self == ASCII.carriageReturn
  }
}
