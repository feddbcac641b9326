/// A lexical unit of a template.
struct TemplateToken: Sendable {
  enum Kind: Sendable, Equatable {
    case text(PythonText)
    case outputBegin
    case outputEnd
    case statementBegin
    case statementEnd
    case name(String)
    case string(PythonText)
    case integer(Int)
    case float(Double)
    case symbol(TemplateSymbol)
    case end
  }

  let kind: Kind
  let line: Int

  /// What an error message calls the token.
  var description: String {
    switch kind {
    case .text: return "text"
    case .outputBegin: return "'{{'"
    case .outputEnd: return "'}}'"
    case .statementBegin: return "'{%'"
    case .statementEnd: return "'%}'"
    case .name(let name): return "'\(name)'"
    case .string: return "a string"
    case .integer(let value): return "'\(value)'"
    case .float(let value): return "'\(value)'"
    case .symbol(let symbol): return "'\(symbol.rawValue)'"
    case .end: return "the end of the template"
    }
  }
}

/// The operators and brackets of expressions.
enum TemplateSymbol: String, Sendable, CaseIterable {
  case floorDivide = "//"
  case power = "**"
  case equal = "=="
  case notEqual = "!="
  case greaterOrEqual = ">="
  case lessOrEqual = "<="
  case add = "+"
  case subtract = "-"
  case divide = "/"
  case multiply = "*"
  case modulo = "%"
  case tilde = "~"
  case leftBracket = "["
  case rightBracket = "]"
  case leftParen = "("
  case rightParen = ")"
  case leftBrace = "{"
  case rightBrace = "}"
  case greater = ">"
  case less = "<"
  case assign = "="
  case dot = "."
  case colon = ":"
  case pipe = "|"
  case comma = ","
  case semicolon = ";"

  /// The bracket that closes this one, if it opens.
  var closing: TemplateSymbol? {
    switch self {
    case .leftBracket: return .rightBracket
    case .leftParen: return .rightParen
    case .leftBrace: return .rightBrace
    default: return nil
    }
  }

  /// Whether the symbol closes a bracket.
  var isClosing: Bool {
    self == .rightBracket || self == .rightParen || self == .rightBrace
  }
}
