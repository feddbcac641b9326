import SteeringEngine

/// Turns the points of a sweep into interventions on a sequence.
struct PointInterventions: Sendable {
  let vectors: VectorSet?
  /// What zero and mean ablation change.
  let sites: [HookSite]
  let means: BlockMeans?

  func interventions(
    _ point: AblationPoint, positions: Intervention.Positions
  ) -> [Intervention] {
    point.window.layers.flatMap { layer in
      operations(point, layer: layer).map { hook, operation in
        Intervention(operation, at: hook, positions: positions)
      }
    }
  }

  private func operations(
    _ point: AblationPoint, layer: Int
  ) -> [(HookPoint, Intervention.Operation)] {
    switch point.mode {
    case .steer:
      vector(layer).map { vector in
        [(.residPost(layer), .add(vector, coefficient: Float(Double(point.sign) * point.alpha)))]
      } ?? []
    case .projectOut: vector(layer).map { [(.residPost(layer), .projectOut($0))] } ?? []
    case .skip: [(.residPost(layer), .skipBlock)]
    case .zero: sites.map { ($0.point(at: layer), .zero) }
    case .mean:
      sites.compactMap { site in
        means?[site.point(at: layer)].map { (site.point(at: layer), .replace($0)) }
      }
    }
  }

  /// The sweep has checked that the set has the layers of all its windows.
  private func vector(_ layer: Int) -> [Float]? { vectors?.vector(atLayer: layer) }
}
