import Foundation

/// alpha of SCANS: how much of a vector is added.
public struct Strength: Hashable, Sendable {
  /// What the number counts.
  public enum Unit: String, Sendable, Encodable {
    /// Vectors: alpha · v is added.
    case vector
    /// Lengths of the residual stream: along v as much is added as makes alpha times the mean length
    /// that the stream has at that layer; written with an n, as in 0.1n.
    case residualNorm = "residual-norm"
  }

  public var value: Double
  public var unit: Unit

  public init(_ value: Double, unit: Unit = .vector) {
    self.value = value
    self.unit = unit
  }

  /// Understands a finite number, and one with an n after it.
  public init?(_ text: String) {
    let isShare = text.hasSuffix("n")
    guard let value = Double(isShare ? text.dropLast() : text[...]), value.isFinite else {
      return nil
    }
    self.init(value, unit: isShare ? .residualNorm : .vector)
  }
}

extension Strength: CustomStringConvertible {
  public var description: String {
    String(format: "%g", value) + (unit == .residualNorm ? "n" : "")
  }
}

extension Strength: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Double(value)) }
}
