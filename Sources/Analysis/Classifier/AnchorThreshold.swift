/// A threshold of the transition classifier, found with the anchors of a vector set.
public struct AnchorThreshold: Equatable, Sendable {
  /// T of SCANS: a prompt is unsafe where s_q >= T.
  public var threshold: Double
  /// The mean of both classes' shares of right decisions, over the anchors.
  public var balancedAccuracy: Double
}

extension VectorSet {
  /// The threshold that tells the anchors apart best, by balanced accuracy, over a layer set.
  ///
  /// Candidates are the middles of the gaps between neighbouring scores; of equally good ones the
  /// middle of the widest gap, then the lowest. An anchor's score is the mean of its cosines over
  /// the layers, for an unsafe anchor with a d_harm that does not contain it. `layers` is the set L,
  /// nil for all layers; `path` names the vectors' file in errors.
  public func anchorThreshold(
    layers wanted: [Int]?, path: String
  ) throws(VectorError) -> AnchorThreshold {
    let places = try places(ofLayers: wanted, path: path)
    guard !anchors.isEmpty, anchors.allSatisfy({ $0.cosines.count == layers.count }),
      anchors.contains(where: \.isUnsafe), anchors.contains(where: { !$0.isUnsafe })
    else { throw .noAnchorCosines(path: path) }
    let scored = anchors.map { anchor in
      (
        score: places.reduce(0) { $0 + anchor.cosines[$1] } / Double(places.count),
        isUnsafe: anchor.isUnsafe
      )
    }.sorted { $0.score < $1.score }
    guard let best = Self.bestGap(scored) else { throw .inseparableAnchors(path: path) }
    return best
  }

  /// The threshold that tells the anchors apart best, each scored by a probe that has not seen it.
  func anchorThreshold(probe: StateProbe, path: String) throws(VectorError) -> AnchorThreshold {
    let scored = zip(probe.anchorScores, anchors).map { (score: $0, isUnsafe: $1.isUnsafe) }
      .sorted { $0.score < $1.score }
    guard let best = Self.bestGap(scored) else { throw .inseparableAnchors(path: path) }
    return best
  }

  /// `scored` ascending.
  private static func bestGap(_ scored: [(score: Double, isUnsafe: Bool)]) -> AnchorThreshold? {
    let unsafeCount = scored.count(where: \.isUnsafe)
    let safeCount = scored.count - unsafeCount
    var best: (threshold: AnchorThreshold, width: Double)?
    var (unsafeBelow, safeBelow) = (0, 0)
    for (lower, upper) in zip(scored, scored.dropFirst()) {
      if lower.isUnsafe { unsafeBelow += 1 } else { safeBelow += 1 }
      let width = upper.score - lower.score
      guard width > 0 else { continue }
      let accuracy =
        (Double(unsafeCount - unsafeBelow) / Double(unsafeCount)
          + Double(safeBelow) / Double(safeCount)) / 2
      if let best, (accuracy, width) <= (best.threshold.balancedAccuracy, best.width) { continue }
      // Halving before adding would do as well; the upper score must stay at or above the middle.
      let middle = min(lower.score + width / 2, upper.score)
      best = (AnchorThreshold(threshold: middle, balancedAccuracy: accuracy), width)
    }
    return best?.threshold
  }
}
