/// Why points could not be embedded.
public enum TSNEError: Error, Equatable, Sendable, CustomStringConvertible {
  case notFinite(point: Int, column: Int, value: Float)
  case emptyPoints
  case wrongCount(expected: Int, got: Int)
  case zeroPoint(point: Int)
  case allEqual(count: Int)
  case perplexityTooSmall(Double)
  case tooFewPoints(count: Int, perplexity: Double)
  case badInitialLayout(expected: Int, got: Int)
  case interrupted

  public var description: String {
    switch self {
    case .notFinite(let point, let column, let value):
      "number \(column) of point \(point) is \(value); take the point out or repair it"
    case .emptyPoints: "there are no points, or points without numbers; give some"
    case .wrongCount(let expected, let got):
      "points of this shape have \(expected) numbers, and \(got) were given; give as many"
    case .zeroPoint(let point):
      "point \(point) is zero, and a zero has no cosine; take it out or use the euclidean metric"
    case .allEqual(let count):
      "all \(count) points are the same, so there is nothing to tell apart; give other points"
    case .perplexityTooSmall(let perplexity):
      "the perplexity is \(perplexity), and it counts neighbours; give a number above 1"
    case .tooFewPoints(let count, let perplexity):
      Self.tooFew(count, perplexity)
    case .badInitialLayout(let expected, let got):
      "the layout to begin with has \(got) finite coordinates, not \(expected); give two for each "
        + "point"
    case .interrupted: "interrupted"
    }
  }

  private static func tooFew(_ count: Int, _ perplexity: Double) -> String {
    let largest = count / 3
    let remedy = largest > 1 ? "lower the perplexity to \(largest) or give" : "give"
    return "\(count) points are fewer than 3 times the perplexity of \(perplexity); "
      + "\(remedy) more points"
  }
}
