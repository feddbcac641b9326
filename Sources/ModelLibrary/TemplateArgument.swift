import ChatTemplates
import StrictJSON

/// A variable that a chat template sees, such as `enable_thinking`, as a user writes it.
public struct TemplateArgument: Sendable, Hashable {
  public let name: String
  public let value: TemplateValue

  /// What the workbench gives every template itself.
  private static let own: Set<String> = [
    "messages", "add_generation_prompt", "bos_token", "eos_token",
  ]

  /// `NAME=VALUE` with the value as JSON.
  public var text: String { "\(name)=\(value.json)" }

  /// Takes `NAME=VALUE` apart; nil where the name is none, or one that templates have anyway.
  ///
  /// A value is JSON where it can be read as such, and else text: `true`, `3`, `["a"]`, `26 Jul 2024`.
  public init?(_ text: String) {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    let name = text[..<equals]
    let isName =
      name.first.map { !$0.isNumber } == true
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    guard isName, !Self.own.contains(String(name)) else { return nil }
    self.name = String(name)
    let written = String(text[text.index(after: equals)...])
    do throws(JSONError) {
      value = TemplateValue(try JSONValue(parsing: Array(written.utf8)[...]))
    } catch {
      value = .string(written)
    }
  }
}

extension TemplateValue {
  fileprivate init(_ json: JSONValue) {
    switch json.kind {
    case .null: self = .none
    case .bool: self = .bool(json.bool == true)
    case .number: self = json.int.map { .int($0) } ?? .float(json.double ?? .infinity)
    case .string: self = .string(json.string ?? "")
    case .array: self = .array((json.elements?.map { TemplateValue($0) }) ?? [])
    case .object:
      let members = json.members?.map { name, value in
        Entry(String(decoding: name, as: UTF8.self), TemplateValue(value))
      }
      self = .object(members ?? [])
    }
  }
}
