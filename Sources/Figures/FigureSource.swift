import ActivationStore

/// Turns the groups of a file into charts, and refuses those that have nothing to show.
struct FigureSource {
  /// The most columns of tokens that a page holds.
  private static let tokenLimit = 12

  let run: RunFile
  let choice: Figure.Choice

  /// The chart, and the group that it shows.
  func chart(_ kind: FigureKind) throws(FigureError) -> (any Chart, group: String) {
    switch kind {
    case .tsne: (try layers(), EmbeddingResult.group)
    case .tsneLayer: (try layer(), EmbeddingResult.group)
    case .cosines: (try cosines(), CosineResult.group)
    case .ablation: (try curves(), SweepResult.group)
    case .ablationHeatmap: (try heatMap(), SweepResult.group)
    case .lens: (try lens(), LensResult.group)
    case .refusals: try refusals()
    }
  }

  private func layers() throws(FigureError) -> LayersChart {
    let (result, origin) = try read(EmbeddingResult.group, EmbeddingResult.init)
    guard !result.layers.isEmpty else { throw nothing(EmbeddingResult.group, "it has no layers") }
    let shown = try choice.layers.map { layers throws(FigureError) in
      try layers.map { layer throws(FigureError) in try index(of: layer, in: result) }
    }
    let indices = shown ?? Array(result.layers.indices)
    for index in indices { try expectSpread(result, index) }
    return LayersChart(result: result, indices: indices, origin: origin)
  }

  private func layer() throws(FigureError) -> EmbeddingChart {
    let (result, origin) = try read(EmbeddingResult.group, EmbeddingResult.init)
    guard !result.layers.isEmpty else { throw nothing(EmbeddingResult.group, "it has no layers") }
    let index = try layerIndex(result)
    try expectSpread(result, index)
    return EmbeddingChart(result: result, index: index, origin: origin)
  }

  private func layerIndex(_ result: EmbeddingResult) throws(FigureError) -> Int {
    if let layer = choice.layers?.first { return try index(of: layer, in: result) }
    return result.clearestLayer
  }

  private func index(
    of layer: Int, in result: EmbeddingResult
  ) throws(FigureError) -> Int {
    guard let index = result.layers.firstIndex(of: layer) else {
      throw .unknownLayer(path: run.path, layer: layer, stored: result.layers)
    }
    return index
  }

  private func expectSpread(_ result: EmbeddingResult, _ index: Int) throws(FigureError) {
    let points = result.points[index]
    guard let first = points.first else {
      throw nothing(EmbeddingResult.group, "it has no prompts")
    }
    guard points.contains(where: { $0 != first }) else {
      throw nothing(
        EmbeddingResult.group,
        "all points of layer \(result.layers[index]) are the same; embed other states")
    }
  }

  private func cosines() throws(FigureError) -> CosineChart {
    let (result, origin) = try read(CosineResult.group, CosineResult.init)
    guard !result.ids.isEmpty, !result.layers.isEmpty else {
      throw nothing(CosineResult.group, "it has no prompts or no layers")
    }
    let means = result.series.flatMap(\.means)
    guard
      result.series.flatMap(\.margins).contains(where: { $0 > 0 })
        || Set(means).count > 1
    else {
      throw nothing(
        CosineResult.group,
        "every cosine is \(text(means[0], decimals: 3)); classify prompts that differ")
    }
    return CosineChart(result: result, origin: origin)
  }

  private func curves() throws(FigureError) -> SweepCurves {
    let (result, metric, origin) = try sweep()
    return SweepCurves(result: result, metric: metric, origin: origin)
  }

  private func heatMap() throws(FigureError) -> SweepHeatMap {
    let (result, metric, origin) = try sweep()
    return SweepHeatMap(result: result, metric: metric, origin: origin)
  }

  private func sweep() throws(FigureError) -> (SweepResult, SweepMetric, origin: String) {
    let (result, origin) = try read(SweepResult.group, SweepResult.init)
    guard !result.settings.isEmpty else {
      throw nothing(
        SweepResult.group, "none of its \(result.plannedCount) points is done; finish the sweep")
    }
    if let metric = choice.metric, !result.metrics.contains(metric) {
      throw .unknownMetric(
        path: run.path, metric: metric.rawValue, stored: result.metrics.map(\.rawValue))
    }
    guard let metric = choice.metric ?? result.metrics.first,
      (result.values[metric] ?? []).joined().contains(where: \.isFinite)
    else { throw nothing(SweepResult.group, "it has no values; run the sweep again") }
    return (result, metric, origin)
  }

  private func refusals() throws(FigureError) -> (any Chart, group: String) {
    if run.groups.contains(SteeringResult.group) {
      let (result, origin) = try read(SteeringResult.group, SteeringResult.init)
      guard !result.ids.isEmpty else { throw nothing(SteeringResult.group, "it has no prompts") }
      let chart = RefusalBars(rates: RefusalRates(result), origin: origin, notes: [])
      return (chart, SteeringResult.group)
    }
    guard run.groups.contains(SweepResult.group) else { throw .noRefusals(path: run.path) }
    let (result, origin) = try read(SweepResult.group, SweepResult.init)
    guard let rates = RefusalRates(result), !result.answers.ids.isEmpty,
      !rates.settings.isEmpty
    else { throw .noRefusals(path: run.path) }
    let isWhole = result.settings.count == result.plannedCount
    return (
      RefusalBars(rates: rates, origin: origin, notes: isWhole ? [] : [unfinishedNote(result)]),
      SweepResult.group
    )
  }

  private func lens() throws(FigureError) -> LensChart {
    let (result, origin) = try read(LensResult.group, LensResult.init)
    switch result {
    case .vectors(let vectors):
      guard let width = vectors.promoted.first?.count, width > 0 else {
        throw nothing(LensResult.group, "it has no tokens")
      }
      return LensChart(vectors, columns: min(width, Self.tokenLimit), origin: origin)
    case .states(let states):
      let index = try promptIndex(states)
      let table = states.table(of: index)
      guard let cells = table.cells.first, cells.contains(where: { !$0.isEmpty }) else {
        throw nothing(LensResult.group, "it has no tokens of prompt '\(states.ids[index])'")
      }
      return LensChart(
        table, layers: states.layers, id: states.ids[index],
        columns: max(table.columns.count - Self.tokenLimit, 0)..<table.columns.count,
        origin: origin)
    }
  }

  private func promptIndex(_ states: LensStates) throws(FigureError) -> Int {
    guard let first = states.ids.first else { throw nothing(LensResult.group, "it has no prompts") }
    guard let wanted = choice.prompt else { return 0 }
    guard let index = states.ids.firstIndex(of: wanted) else {
      throw .unknownPrompt(path: run.path, id: wanted, example: first)
    }
    return index
  }

  private func nothing(_ group: String, _ problem: String) -> FigureError {
    .nothingToDraw(path: run.path, group: group, problem: problem)
  }

  private func read<Result>(
    _ group: String, _ make: (ResultFields) throws(StoreError) -> Result
  ) throws(FigureError) -> (Result, origin: String) {
    let fields = try run.fields(group)
    let result: Result
    do throws(StoreError) { result = try make(fields) } catch { throw .store(error) }
    return (result, try run.origin(of: fields))
  }
}
