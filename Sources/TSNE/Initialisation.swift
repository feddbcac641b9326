import Foundation
import Numerics

/// The layouts that an embedding begins with.
enum Initialisation {
  /// The standard deviation of the first coordinate, as in openTSNE and scikit-learn.
  static let deviation = 1e-4
  /// The share of the deviation that noise has, which tells equal points apart, as in openTSNE.
  static let noise = 0.01

  /// `[point, component]`: the points on their first two principal components.
  ///
  /// A component's sign is that of Numerics' `firstPrincipalComponent`: the mean of the points, as
  /// they are given, projects positively.
  static func principal(_ points: Points) -> [Double] {
    let projected = principalProjections(points, count: 2)
    return (0..<points.count).flatMap { point in [projected[0][point], projected[1][point]] }
  }

  /// The points on their first principal components.
  static func reduced(_ points: Points, to count: Int) throws(TSNEError) -> Points {
    guard count < points.dimension else { return points }
    let projections = principalProjections(points, count: count)
    return try Points(
      count: points.count, dimension: count,
      values: (0..<points.count).flatMap { point in projections.map { Float($0[point]) } })
  }

  /// `[component][point]`; a component that the points do not have is 0 for all.
  static func principalProjections(_ points: Points, count: Int) -> [[Double]] {
    var rows = (0..<points.count).map { point in points[point].map(Double.init) }
    return (0..<count).map { _ in
      guard let direction = firstPrincipalComponent(of: rows, centred: true) else {
        return [Double](repeating: 0, count: points.count)
      }
      let projections = rows.map { dot($0, direction) }
      for row in rows.indices {
        let length = projections[row]
        for column in direction.indices { rows[row][column] -= length * direction[column] }
      }
      return projections
    }
  }

  /// `[point, component]`: a layout around the middle, small, with noise.
  static func scaled(_ layout: [Double], seed: UInt64) -> [Double] {
    let count = layout.count / 2
    let means = (0..<2).map { component in
      (0..<count).reduce(0) { $0 + layout[2 * $1 + component] } / Double(count)
    }
    let variances = (0..<2).map { component in
      (0..<count).reduce(0) { sum, point in
        let offset = layout[2 * point + component] - means[component]
        return sum + offset * offset
      } / Double(count)
    }
    let spread = variances[0] > 0 ? variances[0] : variances[1]
    let scale = spread > 0 ? deviation / spread.squareRoot() : 0
    var random = SplitMix64(seed: seed)
    return layout.indices.map { index in
      (layout[index] - means[index % 2]) * scale + noise * deviation * random.normal()
    }
  }
}

extension SplitMix64 {
  /// A number of the standard normal distribution (Box and Muller).
  fileprivate mutating func normal() -> Double {
    let radius = (-2 * log(1 - unitInterval())).squareRoot()
    return radius * cos(2 * .pi * unitInterval())
  }
}
