import Foundation

extension TemplateInterpreter {
  /// The filters that make and change numbers.
  func numberFilter(
    _ name: String, _ value: PythonValue, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue? {
    switch name {
    case "abs":
      _ = try bind(arguments, [], of: name)
      return try absolute(value)
    case "int": return try toInteger(value, arguments)
    case "float":
      let values = try bind(arguments, ["default"], of: name)
      return try toFloat(value).map { .float($0) } ?? values[0] ?? .float(0)
    case "round": return try round(value, arguments)
    case "sum": return try sum(value, arguments)
    default: return nil
    }
  }

  private func absolute(_ value: PythonValue) throws(ChatTemplateError) -> PythonValue {
    switch value.number {
    case .int(let int)?: return int < 0 ? try sign(.subtract, .int(int)) : .int(int)
    case .float(let float)?: return .float(float.magnitude)
    case nil: throw wrongType("the filter 'abs'", value)
    }
  }

  private func sum(_ value: PythonValue, _ arguments: PassedArguments) throws(ChatTemplateError)
    -> PythonValue
  {
    let values = try bind(arguments, ["attribute", "start"], of: "sum")
    let getter = try attributeGetter(values[0])
    var total = values[1] ?? .int(0)
    if total.text != nil { throw failure("the filter 'sum' does not add strings") }
    for element in try elements(of: value) {
      total = try binary(.add, total, try get(getter, of: element))
    }
    return total
  }

  private func toInteger(
    _ value: PythonValue, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    let values = try bind(arguments, ["default", "base"], of: "int")
    guard try integer(values[1], default: 10, of: "int") == 10 else {
      throw unsupported("the filter 'int' with a base other than 10")
    }
    let standard = values[0] ?? .int(0)
    if case .string(let text) = value {
      let digits = try numeral(text)
      let isInteger = digits.drop { $0 == "+" || $0 == "-" }.allSatisfy { ("0"..."9").contains($0) }
      if isInteger, let int = Int(digits) { return .int(int) }
      guard let float = TemplateInterpreter.float(digits), float.isFinite else { return standard }
      return try truncated(float)
    }
    if case .float(let float) = value, float.isInfinite {
      throw failure("an infinite number has no whole number")
    }
    switch value.number {
    case .int(let int)?: return .int(int)
    case .float(let float)?: return float.isNaN ? standard : try truncated(float)
    case nil: break
    }
    switch value {
    case .undefined, .markup: throw wrongType("the filter 'int'", value)
    default: return standard
    }
  }

  private func truncated(_ float: Double) throws(ChatTemplateError) -> PythonValue {
    guard let int = Int(exactly: float.rounded(.towardZero)) else {
      throw unsupported("an integer wider than 64 bits")
    }
    return .int(int)
  }

  private func toFloat(_ value: PythonValue) throws(ChatTemplateError) -> Double? {
    switch value {
    case .string(let text): return TemplateInterpreter.float(try numeral(text))
    case .undefined, .markup: throw wrongType("the filter 'float'", value)
    default: return value.number?.double
    }
  }

  /// A text that Python may read as a number, without the underscores between its digits.
  private func numeral(_ text: PythonText) throws(ChatTemplateError) -> String {
    let scalars = text.stripped().scalars
    if scalars.contains(where: { !$0.isASCII && $0.properties.numericType != nil }) {
      throw unsupported("reading a number with digits other than 0 to 9")
    }
    var result = ""
    for (index, scalar) in scalars.enumerated() {
      let isBetweenDigits =
        index > 0 && index + 1 < scalars.count && scalars[index - 1].isTemplateDigit
        && scalars[index + 1].isTemplateDigit
      if scalar == "_", isBetweenDigits { continue }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  /// The number that Python's `float` reads in a text.
  private static func float(_ text: String) -> Double? {
    let unsigned = text.lowercased().drop { $0 == "+" || $0 == "-" }
    guard text.count - unsigned.count <= 1 else { return nil }
    if ["inf", "infinity", "nan"].contains(unsigned) { return Double(text.lowercased()) }
    guard unsigned.allSatisfy({ "0123456789.e+-".contains($0) }), unsigned != "." else {
      return nil
    }
    var number = unsigned.hasPrefix(".") ? "0" + unsigned : String(unsigned)
    if number.hasSuffix(".") { number += "0" }
    number = number.replacingOccurrences(of: ".e", with: ".0e")
    guard !number.hasPrefix("0.e"), let value = Double(number) else { return nil }
    return text.hasPrefix("-") ? -value : value
  }

  private func round(_ value: PythonValue, _ arguments: PassedArguments) throws(ChatTemplateError)
    -> PythonValue
  {
    let values = try bind(arguments, ["precision", "method"], of: "round")
    let precision = try integer(values[0], default: 0, of: "round")
    let method = try string(of: values[1] ?? .string("common")).string
    guard let number = value.number else { throw wrongType("the filter 'round'", value) }
    guard (0...15).contains(precision) else {
      throw unsupported("the filter 'round' with a precision outside 0 to 15")
    }
    switch (method, number) {
    case ("common", .int): return .int(value.integer ?? 0)
    case ("common", .float(let float)):
      guard float.isFinite else { return .float(float) }
      return .float(Double(String(format: "%.\(precision)f", float)) ?? float)
    case ("ceil", _), ("floor", _):
      let power = pow(10, Double(precision))
      let scaled = number.double * power
      guard scaled.isFinite, abs(scaled) < 0x1p53 else {
        throw unsupported("rounding a number beyond 53 bits")
      }
      return .float(scaled.rounded(method == "ceil" ? .up : .down) / power + 0)
    default: throw failure("the filter 'round' knows the methods common, ceil and floor")
    }
  }
}
