/// The nearest other points of every point of the plane; of equally near ones the first.
public struct PlaneNeighbours: Sendable {
  /// How many each point has.
  public let each: Int
  /// `[point][neighbour]`, nearest first.
  public let indices: [[Int]]

  /// `points` are `[point, 2]`; there must be more than `each`.
  ///
  /// - Complexity: O(points²).
  public init(of points: [Double], each: Int) {
    let count = points.count / 2
    precondition(each > 0 && each < count, "fewer neighbours than points")
    self.each = each
    indices = (0..<count).map { point in
      Self.nearest(each, planeDistances(from: point, in: points), except: point)
    }
  }

  private static func nearest(_ count: Int, _ distances: [Double], except point: Int) -> [Int] {
    var nearest: [Int] = []
    for other in distances.indices where other != point {
      if nearest.count == count {
        guard distances[other] < distances[nearest[count - 1]] else { continue }
        nearest.removeLast()
      }
      let place = nearest.firstIndex { distances[other] < distances[$0] } ?? nearest.count
      nearest.insert(other, at: place)
    }
    return nearest
  }

  /// The share of points whose class most of their neighbours have; half of them is not most.
  public func accuracy(of classes: [Bool]) -> Double {
    let hits = indices.indices.count { point in
      2 * indices[point].count { classes[$0] == classes[point] } > each
    }
    return Double(hits) / Double(indices.count)
  }

  /// How far neighbours in the plane are neighbours of the original points, in 0...1.
  ///
  /// 1 minus the scaled sum of the ranks by which they lie beyond the nearest `each` (Venna and
  /// Kaski, 2001; as scikit-learn's `trustworthiness`).
  ///
  /// - Parameter original: distances of the original points, or any rising function of them,
  ///   `[point, point]`; of equal ones the first point counts as nearer.
  /// - Returns: 1 where nothing is out of place; `each` must be less than half of the points.
  public func trustworthiness(original: [Float]) -> Double {
    let count = indices.count
    precondition(original.count == count * count, "distances between all points")
    precondition(2 * each < count, "fewer neighbours than half of the points")
    let excess = indices.indices.reduce(0) { sum, point in
      original.withUnsafeBufferPointer { original in
        let row = UnsafeBufferPointer(rebasing: original[point * count..<(point + 1) * count])
        return indices[point].reduce(sum) {
          $0 + max(Self.rank(of: $1, among: row, except: point) - each, 0)
        }
      }
    }
    let (n, k) = (Double(count), Double(each))
    return 1 - 2 * Double(excess) / (n * k * (2 * n - 3 * k - 1))
  }

  /// From 1 for the nearest.
  private static func rank(
    of other: Int, among distances: UnsafeBufferPointer<Float>, except point: Int
  ) -> Int {
    let distance = distances[other]
    var nearer = 0
    for place in distances.indices where place != point {
      if distances[place] < distance || (distances[place] == distance && place < other) {
        nearer += 1
      }
    }
    return nearer + 1
  }
}
