import CKernels
import Numerics

/// Reproducible random numbers for tests.
struct SeededRandom: RandomNumberGenerator {
  private var source: SplitMix64

  init(seed: Int) { source = SplitMix64(seed: UInt64(bitPattern: Int64(seed))) }

  mutating func next() -> UInt64 { source.next() }

  /// Numbers of mean 0 and variance 1, in [-3.5, 3.5].
  mutating func floats(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      (0..<4).reduce(Float(0)) { sum, _ in
        sum + Float.random(in: -0.866...0.866, using: &self)
      }
    }
  }
}

/// The unit roundoff of float32, 2⁻²⁴: the largest relative error of one rounding.
let u = 0x1p-24

/// The upper half of a float32, rounded to nearest even, worked out by comparison of the rest.
func bf16(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  let (upper, rest) = (UInt16(bits >> 16), bits & 0xFFFF)
  if value.isNaN { return upper | 0x40 }
  if rest > 0x8000 || (rest == 0x8000 && upper % 2 == 1) { return upper + 1 }
  return upper
}

/// Where a result is furthest from the expected one, in units of what is allowed there.
struct WorstElement: CustomStringConvertible {
  private(set) var ratio = 0.0
  private(set) var description = "every element is exact"

  mutating func note(
    _ place: @autoclosure () -> String, _ actual: Float, _ expected: Double, within allowed: Double
  ) {
    let error = abs(Double(actual) - expected)
    // A NaN must not pass for a small error.
    guard !(error <= ratio * allowed) else { return }
    ratio = error.isNaN ? .infinity : error / allowed
    description = "\(place()): \(actual) where \(expected) ± \(allowed) is expected"
  }
}

/// What a kernel writes into `count` elements of `filler`.
func output<Element>(
  _ count: Int, filledWith filler: Element, _ kernel: (UnsafeMutableRawPointer?) -> Void
) -> [Element] {
  var elements = [Element](repeating: filler, count: count)
  elements.withUnsafeMutableBytes { kernel($0.baseAddress) }
  return elements
}

/// Widths that fill vectors of 16 and ones that leave a rest, or are shorter than a vector.
let widths = [1, 7, 15, 16, 17, 32, 48, 63, 64, 100, 128, 576, 1000]

/// The families of instruction sets that this machine has.
let families = [CK_NEON, CK_AVX2, CK_AVX512, CK_AVX512_BF16, CK_AMX_BF16].filter {
  ck_has_family($0)
}

/// What `body` gives with each family in use; the one that was in use before is so again afterwards.
func withEachFamily<Result>(_ body: () -> Result) -> [Result] {
  let before = ck_family_in_use()
  defer { ck_use_family(before) }
  return families.map { family in
    ck_use_family(family)
    return body()
  }
}
