import Numerics

extension VectorSet {
  /// How the cosines of one layer tell the anchors apart.
  public struct Separation: Equatable, Sendable, Encodable {
    /// The mean cosine of the unsafe anchors, each with a d_harm that does not contain it.
    public var unsafeMean: Double
    public var safeMean: Double
    /// The chance that an unsafe anchor's cosine is above a safe one's.
    public var rocAUC: Double
  }

  /// One for every layer; nil where the anchors have no cosines.
  public var anchorSeparations: [Separation]? {
    guard anchors.allSatisfy({ $0.cosines.count == layers.count }) else { return nil }
    let isUnsafe = anchors.map(\.isUnsafe)
    let separations = layers.indices.compactMap { layer -> Separation? in
      let cosines = anchors.map { $0.cosines[layer] }
      let groups = [true, false].map { wanted in
        zip(cosines, isUnsafe).filter { $0.1 == wanted }.map { [$0.0] }
      }
      guard let unsafe = mean(ofRows: groups[0]), let safe = mean(ofRows: groups[1]),
        let ranked = RankedScores(scores: cosines, isPositive: isUnsafe)
      else { return nil }
      return Separation(unsafeMean: unsafe[0], safeMean: safe[0], rocAUC: ranked.rocAUC)
    }
    return separations.count == layers.count ? separations : nil
  }
}
