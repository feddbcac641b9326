import Foundation

/// The members of a JSON object by key.
typealias JSONObject = [String: JSONValue]

/// A JSON value of configuration files, which are small.
enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case real(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// The number when it has no fraction.
  var int: Int? {
    switch self {
    case .integer(let int): int
    case .real(let number): Int(exactly: number)
    default: nil
    }
  }

  var number: Double? {
    switch self {
    case .integer(let int): Double(int)
    case .real(let number): number
    default: nil
    }
  }

  /// What the value is, for messages.
  var summary: String {
    switch self {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .integer(let int): "\(int)"
    case .real(let number): "\(number)"
    case .string(let text): "the string \(quoted(text))"
    case .array(let values): "an array of \(values.count) elements"
    case .object(let members): "an object of \(members.count) members"
    }
  }
}

extension JSONValue: Decodable {
  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let flag = try? value.decode(Bool.self) {
      self = .bool(flag)
    } else if let int = try? value.decode(Int.self) {
      self = .integer(int)
    } else if let number = try? value.decode(Double.self) {
      self = .real(number)
    } else if let text = try? value.decode(String.self) {
      self = .string(text)
    } else if let values = try? value.decode([JSONValue].self) {
      self = .array(values)
    } else {
      self = .object(try value.decode(JSONObject.self))
    }
  }
}

extension JSONValue {
  /// In bytes; configurations have some thousand.
  private static let longestFile = 100_000_000

  /// Reads the file at `path`, whose outermost value must be an object.
  static func readObject(path: String) throws(CheckpointError) -> JSONObject {
    let data = Data(try OpenFile(path: path).contents(limit: longestFile))
    do {
      return try JSONDecoder().decode(JSONObject.self, from: data)
    } catch {
      throw .malformed(path: path, place: "its JSON", problem: "it is not a valid JSON object")
    }
  }
}
