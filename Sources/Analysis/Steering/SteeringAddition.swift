import Numerics
import SteeringEngine

/// The rule of SCANS: x + sigma · alpha · v at `resid_post` of the steered blocks, from the query end
/// on, generated tokens included.
public struct SteeringAddition: Sendable {
  /// The steered blocks, ascending.
  public let layers: [Int]
  public let alpha: Double
  /// Whether vectors have length 1, so that alpha is a length in the residual stream.
  public let isUnit: Bool
  /// `[layer][dModel]`, along `layers`.
  private let vectors: [[Float]]

  /// Takes the vectors of `layers` from a set; `path` names it in errors.
  public init(
    vectors set: VectorSet, path: String, layers wanted: [Int], alpha: Double, isUnit: Bool
  ) throws(VectorError) {
    guard alpha.isFinite else { throw .unusableAlpha(alpha) }
    guard !wanted.isEmpty else { throw .noSteeredLayers }
    let places = try set.places(ofLayers: wanted, path: path)
    layers = places.map { set.layers[$0] }
    vectors = try places.map { place throws(VectorError) in
      try set.scaled(place, isUnit: isUnit, path: path)
    }
    self.alpha = alpha
    self.isUnit = isUnit
  }

  /// What is done to a sequence; `sigma` is +1 towards refusal, -1 away from it.
  public func interventions(sigma: Int, queryEnd: Int) -> [Intervention] {
    zip(layers, vectors).map { layer, vector in
      Intervention(
        .add(vector, coefficient: Float(Double(sigma) * alpha)), at: .residPost(layer),
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
}
