/// The number format of the inputs of matrix products, and of keys and values; sums and the residual
/// stream are float32.
public enum Precision: String, CaseIterable, Sendable, CustomStringConvertible {
  case f32
  case bf16

  public var description: String { rawValue }

  var byteCount: Int {
    switch self {
    case .f32: 4
    case .bf16: 2
    }
  }
}
