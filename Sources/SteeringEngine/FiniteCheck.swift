import CKernels

extension [Float] {
  /// The index of the first NaN or infinity, or nil.
  var firstNonFinite: Int? {
    let index = withUnsafeBufferPointer { ck_first_non_finite($0.baseAddress, $0.count) }
    return index < count ? index : nil
  }
}

extension UnsafeMutableBufferPointer<Float> {
  /// Whether no number is NaN or infinite.
  var allFinite: Bool { ck_first_non_finite(baseAddress, count) == count }
}
