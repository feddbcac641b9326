extension Ablation {
  /// What random directions did to the prompts of one label in place of a point's vectors.
  public struct ControlSummary: Equatable, Sendable, Encodable {
    public var label: String
    /// How many sets of random directions.
    public var controls: Int
    public var refusalLogOdds: ControlBand
    public var divergence: ControlBand
    public var refusalRate: ControlBand?
    public var brokenRate: ControlBand?
  }

  /// One for every label; nil where the point has no controls, or not all of them are known yet.
  public func controls(ofPoint place: Int) -> [ControlSummary]? {
    guard points[place].control == nil else { return nil }
    let twins = points.indices.filter { other in
      var point = points[other]
      guard point.control != nil else { return false }
      point.control = nil
      return point == points[place]
    }
    let found = twins.compactMap { outcomes[$0] }.map { summaries(of: $0) }
    guard !found.isEmpty, found.count == twins.count else { return nil }
    return labels.indices.compactMap { label in
      let own = found.map { $0[label] }
      guard let logOdds = ControlBand(own.map(\.refusalLogOdds)),
        let divergence = ControlBand(own.map(\.divergence))
      else { return nil }
      return ControlSummary(
        label: labels[label], controls: own.count, refusalLogOdds: logOdds, divergence: divergence,
        refusalRate: ControlBand(own.compactMap(\.refusalRate)),
        brokenRate: ControlBand(own.compactMap(\.brokenRate)))
    }
  }
}
