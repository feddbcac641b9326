/// The mean silhouette of points in the plane under each of several divisions in two classes.
///
/// A point's silhouette is (b - a) / max(a, b), in -1...1: a is its mean distance to the others of
/// its class, b to the other class; 0 for a class of one (Rousseeuw, 1987; as scikit-learn's
/// `silhouette_score`).
///
/// - Parameters:
///   - points: `[point, 2]`.
///   - divisions: for each, whether a point is of the first class.
/// - Returns: one for each division, nil where a class is empty.
/// - Complexity: O(points² · divisions).
public func meanSilhouettes(ofPlane points: [Double], divisions: [[Bool]]) -> [Double?] {
  let count = points.count / 2
  precondition(divisions.allSatisfy { $0.count == count }, "as many classes as points")
  let sizes = divisions.map { $0.count { $0 } }
  let members = (0..<count).flatMap { point in divisions.map { $0[point] ? 1.0 : 0 } }
  var sums = [Double](repeating: 0, count: divisions.count)
  for point in 0..<count {
    let distances = planeDistances(from: point, in: points)
    let total = distances.reduce(0, +)
    let toFirst = product(
      distances, members, rows: 1, inner: count, columns: divisions.count)
    for (index, division) in divisions.enumerated() {
      let isFirst = division[point]
      let own = isFirst ? toFirst[index] : total - toFirst[index]
      let ownSize = isFirst ? sizes[index] : count - sizes[index]
      guard ownSize > 1, ownSize < count else { continue }
      let a = own / Double(ownSize - 1)
      let b = (total - own) / Double(count - ownSize)
      if max(a, b) > 0 { sums[index] += (b - a) / max(a, b) }
    }
  }
  return sums.indices.map { index in
    (1..<max(count, 1)).contains(sizes[index]) ? sums[index] / Double(count) : nil
  }
}

/// The distances of a point of the plane to all of them, itself included.
func planeDistances(from point: Int, in points: [Double]) -> [Double] {
  let (x, y) = (points[2 * point], points[2 * point + 1])
  return points.withUnsafeBufferPointer { points in
    (0..<points.count / 2).map { other in
      let (dx, dy) = (points[2 * other] - x, points[2 * other + 1] - y)
      return (dx * dx + dy * dy).squareRoot()
    }
  }
}
