/// A small seeded generator of random numbers: the same seed gives the same numbers everywhere.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension SplitMix64 {
  /// A number in 0..<count; with the generator's 64 bits, each to within count / 2^64 as likely.
  ///
  /// Unlike the standard library's `Int.random`, it is the same in every version of Swift.
  /// Source: Lemire, "Fast random integer generation in an interval", 2019, without rejection.
  public mutating func index(below count: Int) -> Int {
    precondition(count > 0, "there is no index below \(count)")
    return Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }

  /// A number in 0..<1 with 53 random bits.
  public mutating func unitInterval() -> Double { Double(next() >> 11) * 0x1p-53 }
}

/// `count` different numbers of 0..<population, ascending; every set is equally likely.
public func drawWithoutReplacement(
  _ count: Int, of population: Int, using random: inout SplitMix64
) -> [Int] {
  precondition((0...population).contains(count), "cannot draw \(count) of \(population)")
  var indices = Array(0..<population)
  for place in 0..<count {
    indices.swapAt(place, place + random.index(below: population - place))
  }
  return indices[..<count].sorted()
}
