import Workers

/// Places points of a space of many dimensions in the plane so that near ones stay near: t-SNE.
///
/// The same points, options and layout to begin with give the same bits, on any number of threads.
/// Source: van der Maaten and Hinton, "Visualizing data using t-SNE", 2008. `TSNEOptions` says how
/// the schedule differs from openTSNE's.
public struct TSNE: Sendable {
  /// Where the points lie and how well.
  public struct Embedding: Equatable, Sendable {
    /// `[point, component]`, two components, mean 0.
    public var layout: [Double]
    /// KL(P || Q) in nats.
    public var divergence: Double
  }

  public let options: TSNEOptions

  public init(_ options: TSNEOptions) throws(TSNEError) {
    guard options.perplexity > 1, options.perplexity.isFinite else {
      throw .perplexityTooSmall(options.perplexity)
    }
    self.options = options
  }

  /// Embeds the points; interrupted, it throws within a step.
  ///
  /// - Parameters:
  ///   - points: at least 3 times the perplexity, not all the same.
  ///   - initial: a layout to begin with, `[point, component]`, whatever its size; the first two
  ///     principal components when nil.
  ///   - shouldStop: asked before every step.
  /// - Returns: the layout and its divergence.
  /// - Throws: what is wrong with the points, or that it was interrupted.
  /// - Complexity: O(points²) a step where exact; else O(points² · dimension) once for neighbours and
  ///   O(points · perplexity) a step, plus O(g log g) for a grid of g nodes over the layout.
  public func embed(
    _ points: Points, initial: [Double]? = nil, shouldStop: () -> Bool = { false }
  ) throws(TSNEError) -> Embedding {
    let points = try checked(points)
    if let initial, initial.count != 2 * points.count || !initial.allSatisfy(\.isFinite) {
      throw .badInitialLayout(
        expected: 2 * points.count, got: initial.count(where: \.isFinite))
    }
    let workers = WorkerTeam(count: max(options.threads, 1))
    let start = initial ?? Initialisation.principal(points)
    let layout = Layout(
      count: points.count, Initialisation.scaled(start, seed: options.seed))
    let distances = Distances(points, metric: options.metric)
    let divergence: Double
    if options.isExact(points.count) {
      let affinities = DenseAffinities(
        distances, perplexity: options.perplexity, workers: workers)
      try descend(layout, ExactForces(affinities, workers: workers), shouldStop)
      divergence = Divergence.exact(affinities, layout, workers: workers)
    } else {
      let affinities = SparseAffinities(
        distances, perplexity: options.perplexity, workers: workers)
      try descend(layout, InterpolatedForces(affinities, workers: workers), shouldStop)
      divergence = Divergence.sparse(affinities, layout, workers: workers)
    }
    return Embedding(layout: layout.values, divergence: divergence)
  }

  /// The points as distances are taken between them.
  private func checked(_ points: Points) throws(TSNEError) -> Points {
    guard Double(points.count) >= 3 * options.perplexity else {
      throw .tooFewPoints(count: points.count, perplexity: options.perplexity)
    }
    guard let rescaled = points.rescaled() else { throw .allEqual(count: points.count) }
    let reduced = try options.inputComponents.map { count throws(TSNEError) in
      try Initialisation.reduced(rescaled, to: count)
    }
    // Unit vectors of one direction differ by their rounding.
    let (scaled, tolerance): (Points, Float) =
      switch options.metric {
      case .euclidean: (reduced ?? rescaled, 0)
      case .cosine: (try (reduced ?? points).normalised(), 1e-6)
      }
    guard !scaled.areAllEqual(within: tolerance) else { throw .allEqual(count: points.count) }
    return scaled
  }

  private func descend(
    _ layout: Layout, _ forces: some Forces, _ shouldStop: () -> Bool
  ) throws(TSNEError) {
    let optimiser = Optimiser(layout)
    for phase in options.phases(count: layout.count) {
      guard optimiser.descend(forces, phase, shouldStop: shouldStop) else { throw .interrupted }
    }
  }
}
