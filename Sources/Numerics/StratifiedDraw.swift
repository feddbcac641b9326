/// `count` different indices of `strata`, ascending, in which every stratum has its share.
///
/// Every index is as likely as any other, and what a stratum gets differs from its share by less than
/// one; so do strata that follow one another in their order. Systematic sampling: indices lie in the
/// order of their strata, at random within one, and are taken at equal distances from a random start.
public func drawStratified(
  _ count: Int, of strata: [some Comparable], using random: inout SplitMix64
) -> [Int] {
  precondition((0...strata.count).contains(count), "cannot draw \(count) of \(strata.count)")
  guard count > 0 else { return [] }
  let order = shuffled(Array(strata.indices), using: &random).enumerated()
    .sorted { (strata[$0.element], $0.offset) < (strata[$1.element], $1.offset) }
    .map(\.element)
  let start = random.index(below: order.count)
  return (0..<count).map { order[($0 * order.count + start) / count] }.sorted()
}
