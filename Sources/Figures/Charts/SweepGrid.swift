/// The rows and columns that a sweep's settings make: interventions by windows of layers.
struct SweepGrid {
  /// A run of layers.
  struct Window: Hashable {
    let first: Int
    let last: Int
    let name: String
  }

  /// By their first layers, then their last.
  let windows: [Window]
  /// The interventions: modes in the file's order, the strongest positive strength first.
  let names: [String]

  init(_ result: SweepResult) {
    windows = Set(result.settings.map(Self.window)).sorted {
      ($0.first, $0.last) < ($1.first, $1.last)
    }
    var modes: [String] = []
    for setting in result.settings where !modes.contains(setting.mode) {
      modes.append(setting.mode)
    }
    names = modes.flatMap { mode in
      var seen: Set<String> = []
      return result.settings.filter { $0.mode == mode }
        .sorted { ($0.unit, -($0.strength ?? 0)) < ($1.unit, -($1.strength ?? 0)) }
        .map(\.name).filter { seen.insert($0).inserted }
    }
  }

  func row(of setting: SweepResult.Setting) -> Int { names.firstIndex(of: setting.name) ?? 0 }

  func column(of setting: SweepResult.Setting) -> Int {
    windows.firstIndex(of: Self.window(setting)) ?? 0
  }

  private static func window(_ setting: SweepResult.Setting) -> Window {
    Window(first: setting.firstLayer, last: setting.lastLayer, name: setting.window)
  }
}

/// The numbers of a heat map, and what its colours span.
struct SweepMap {
  let title: String
  /// Per label (one for perplexity), then per setting; NaN where there is none.
  let values: [[Double]]
  let domain: ClosedRange<Double>
  /// Whether the colours go both ways from 0.
  let isDiverging: Bool

  init(_ result: SweepResult, metric: SweepMetric) {
    let rows = result.values[metric] ?? []
    // Log-odds mean little alone, so the map shows how they change.
    let baseline = metric == .logOdds ? result.baseline[metric] : nil
    title = baseline == nil ? metric.title : "change of the \(metric.title)"
    let width = rows.first?.count ?? 0
    values = (0..<width).map { label in rows.map { $0[label] - (baseline?[label] ?? 0) } }
    isDiverging = metric == .logOdds
    domain = Self.domain(of: values.joined().filter(\.isFinite), metric)
  }

  /// A rate's 0 to 1, else what occurs; never of no width.
  private static func domain(of all: [Double], _ metric: SweepMetric) -> ClosedRange<Double> {
    let (low, high) = (all.min() ?? 0, all.max() ?? 1)
    switch metric {
    case .refusalRate, .brokenRate: return 0...1
    case .logOdds:
      let most = max(abs(low), abs(high), 1e-6)
      return -most...most
    case .kl: return 0...max(high, 1e-6)
    case .perplexity: return low...max(high, low + max(abs(low) * 1e-3, 1e-6))
    }
  }

  func color(_ value: Double) -> Color {
    let share = (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    return isDiverging ? Palette.diverging(2 * share - 1) : Palette.sequential(share)
  }
}
