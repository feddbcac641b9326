/// A sweep's heat maps as the page embeds them.
struct ReportSweep: Encodable {
  struct Metric: Encodable {
    let title: String
    /// Whether the colours go both ways from 0.
    let diverging: Bool
    let low: Double
    let high: Double
    /// Per label (one for perplexity), then per cell.
    let values: [[Double?]]
  }

  struct Cell: Encodable {
    let row: Int
    let column: Int
  }

  let note: String
  let labels: [String]
  let windows: [String]
  let names: [String]
  /// Where each setting that is done stands in the maps.
  let cells: [Cell]
  let metrics: [Metric]

  /// Nil where nothing is done.
  init?(_ result: SweepResult) {
    guard !result.settings.isEmpty else { return nil }
    let grid = SweepGrid(result)
    (windows, names) = (grid.windows.map(\.name), grid.names)
    labels = result.labelTitles
    cells = result.settings.map { setting in
      Cell(row: grid.row(of: setting), column: grid.column(of: setting))
    }
    metrics = result.metrics.map { metric in
      let map = SweepMap(result, metric: metric)
      return Metric(
        title: map.title, diverging: map.isDiverging, low: map.domain.lowerBound,
        high: map.domain.upperBound,
        values: map.values.map { $0.map { known($0) } })
    }
    let unfinished =
      result.settings.count < result.plannedCount ? " " + unfinishedNote(result) : ""
    note =
      "Each cell is an intervention at a window of layers; click one for its answers."
      + unfinished
  }
}
