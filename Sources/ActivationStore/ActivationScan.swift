/// Looks for values that a file cannot hold.
enum ActivationScan {
  /// The index of the first value that is NaN, infinite or larger in magnitude than `limit`.
  static func firstBeyond(_ limit: Float, in values: UnsafeBufferPointer<Float>) -> Int? {
    let block = 4096
    var start = 0
    while start < values.count {
      let part = UnsafeBufferPointer(rebasing: values[start..<min(start + block, values.count)])
      // Without an exit the inner loop runs on whole vector registers.
      if largestMagnitudeBits(part) > limit.bitPattern {
        return part.firstIndex { !($0.magnitude <= limit) }.map { start + $0 }
      }
      start += block
    }
    return nil
  }

  /// Magnitudes order like their bits, infinities and NaN above every finite number.
  private static func largestMagnitudeBits(_ values: UnsafeBufferPointer<Float>) -> UInt32 {
    var largest: UInt32 = 0
    for value in values { largest = max(largest, value.bitPattern & 0x7FFF_FFFF) }
    return largest
  }
}
