import Foundation

extension TemplateInterpreter {
  /// Python's float `**`; what would be complex or infinite is refused.
  func floatPower(_ base: Double, _ exponent: Double) throws(ChatTemplateError) -> PythonValue {
    if base == 0, exponent < 0 { throw failure("zero is raised to a negative power") }
    let isFinite = base.isFinite && exponent.isFinite
    if isFinite, base < 0, exponent != exponent.rounded() { throw unsupported("a complex number") }
    let result = pow(base, exponent)
    if isFinite, result.isInfinite { throw failure("a power is too large for a float") }
    return .float(result)
  }
}
