import Foundation

/// A linear map from numbers to places along one side of a panel.
package struct Scale {
  /// The numbers at the two ends.
  let domain: ClosedRange<Double>
  /// The places at the two ends, in points.
  let ends: (Double, Double)

  func callAsFunction(_ value: Double) -> Double {
    let share = (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    return ends.0 + share * (ends.1 - ends.0)
  }

  /// A range around values with a margin of a share of their spread; never of no width.
  package static func domain(
    of values: some Sequence<Double>, margin: Double = 0.05, including extra: [Double] = []
  ) -> ClosedRange<Double> {
    let all = Array(values) + extra
    let low = all.min() ?? 0
    let high = all.max() ?? 1
    let spread = high - low
    let room = spread > 0 ? spread * margin : max(abs(low) * 0.1, 0.5)
    return low - room...high + room
  }

  /// Round numbers 1, 2 or 5 times a power of ten apart that lie in a range, about `count` of them.
  package static func ticks(in domain: ClosedRange<Double>, count: Int) -> [Double] {
    let spread = domain.upperBound - domain.lowerBound
    let rough = spread / Double(max(count, 1))
    let power = pow(10, floor(log10(rough)))
    let step = ([1, 2, 5, 10].first { $0 * power >= rough } ?? 10) * power
    let first = Int((domain.lowerBound / step - 1e-9).rounded(.up))
    let last = Int((domain.upperBound / step + 1e-9).rounded(.down))
    return first <= last ? (first...last).map { Double($0) * step } : []
  }

  /// The ticks as text, all with as many decimals as their distance needs.
  package static func texts(of ticks: [Double]) -> [String] {
    let step = ticks.count > 1 ? ticks[1] - ticks[0] : abs(ticks.first ?? 1)
    let decimals = step > 0 ? max(0, Int((-log10(step) - 1e-9).rounded(.up))) : 0
    return ticks.map { text($0, decimals: min(decimals, 8)) }
  }
}

/// A number with so many decimals and a real minus sign.
func text(_ value: Double, decimals: Int) -> String {
  let shown = String(format: "%.\(decimals)f", value)
  // A rounded -0 is 0.
  guard shown.hasPrefix("-"), shown.contains(where: { $0 != "-" && $0 != "0" && $0 != "." }) else {
    return shown.hasPrefix("-") ? String(shown.dropFirst()) : shown
  }
  return "−" + shown.dropFirst()
}
