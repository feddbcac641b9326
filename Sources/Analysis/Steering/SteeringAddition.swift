import Numerics
import SteeringEngine

/// The rule of SCANS: x + sigma · alpha · v at `resid_post` of the steered blocks, from the query end
/// on, generated tokens included.
public struct SteeringAddition: Sendable {
  /// The steered blocks, ascending.
  public let layers: [Int]
  public let alpha: Strength
  /// Whether vectors have length 1, so that alpha is a length in the residual stream.
  public let isUnit: Bool
  /// [layer]: |alpha v| / |x|, x being the residual stream at the query end of the vectors' anchors on
  /// average; nil where the vectors do not say how long that is.
  public let shares: [Double]?
  /// `[layer][dModel]`, along `layers`, and what each is multiplied with before its sign.
  private let vectors: [[Float]]
  private let coefficients: [Double]

  /// Takes the vectors of `layers` from a set; `path` names it in errors.
  public init(
    vectors set: VectorSet, path: String, layers wanted: [Int], alpha: Strength, isUnit: Bool
  ) throws(VectorError) {
    guard alpha.value.isFinite else { throw .unusableAlpha(alpha.value) }
    guard !wanted.isEmpty else { throw .noSteeredLayers }
    let places = try set.places(ofLayers: wanted, path: path)
    let vectors = try places.map { place throws(VectorError) in
      try set.scaled(place, isUnit: isUnit, path: path)
    }
    var coefficients: [Double] = []
    for (place, vector) in zip(places, vectors) {
      coefficients.append(try set.coefficient(alpha, of: vector, at: place, path: path))
    }
    let additions = Array(zip(vectors, coefficients))
    shares = set.residualNorms.map { norms in
      zip(places, additions).map { place, added in
        abs(added.1) * norm(added.0) / norms[place]
      }
    }
    layers = places.map { set.layers[$0] }
    self.vectors = vectors
    self.coefficients = coefficients
    self.alpha = alpha
    self.isUnit = isUnit
  }

  /// What is done to a sequence; `sigma` is +1 towards refusal, -1 away from it.
  public func interventions(sigma: Int, queryEnd: Int) -> [Intervention] {
    zip(layers, zip(vectors, coefficients)).map { layer, added in
      Intervention(
        .add(added.0, coefficient: Float(Double(sigma) * added.1)), at: .residPost(layer),
        positions: .from(queryEnd))
    }
  }
}

extension VectorSet {
  /// The vector at a place of the set with length 1, or with the norm that it came with.
  fileprivate func scaled(
    _ place: Int, isUnit: Bool, path: String
  ) throws(VectorError) -> [Float] {
    guard isUnit != self.isUnit else { return vectors[place] }
    guard let unit = normalized(vectors[place].map { Double($0) }) else {
      throw .zeroVector(source: path, layer: layers[place])
    }
    let length = isUnit ? 1 : norms[place]
    return unit.map { Float($0 * length) }
  }

  /// What a vector at a place of the set is multiplied with, before its sign.
  func coefficient(
    _ alpha: Strength, of vector: [Float], at place: Int, path: String
  ) throws(VectorError) -> Double {
    guard alpha.unit == .residualNorm else { return alpha.value }
    guard let residualNorms else { throw .noResidualNorms(path: path) }
    let length = norm(vector)
    guard length > 0 else { throw .zeroVector(source: path, layer: layers[place]) }
    return alpha.value * residualNorms[place] / length
  }
}
