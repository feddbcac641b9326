import Analysis

/// What `workbench ablate` prints and writes as CSV.
struct AblationTables {
  static let csvHeader = [
    "mode", "first_layer", "last_layer", "alpha", "sign", "label", "prompts", "refusal_log_odds",
    "kl", "refusal_rate", "broken_rate", "perplexity",
  ]

  private let found: Ablation
  private let modelName: String
  /// The unablated model first, then every point.
  private let rows: [(point: AblationPoint?, outcome: Ablation.Outcome)]

  init(_ found: Ablation, modelName: String) {
    self.found = found
    self.modelName = modelName
    let all: [(AblationPoint?, Ablation.Outcome?)] =
      [(nil, found.baseline)] + zip(found.points, found.outcomes).map { ($0, $1) }
    rows = all.compactMap { point, outcome in outcome.map { (point, $0) } }
  }

  var csvRows: [[String]] {
    rows.flatMap { point, outcome in
      found.summaries(of: outcome).map { summary in
        [
          point?.mode.rawValue ?? "none", point.map { "\($0.window.first)" } ?? "",
          point.map { "\($0.window.last)" } ?? "", "\(point?.alpha ?? 0)", "\(point?.sign ?? 0)",
          summary.label, "\(summary.count)", "\(summary.refusalLogOdds)",
          "\(summary.divergence)", summary.refusalRate.map { "\($0)" } ?? "",
          summary.brokenRate.map { "\($0)" } ?? "",
          outcome.perplexity.map { "\($0)" } ?? "",
        ]
      }
    }
  }

  var json: AblationJSON {
    AblationJSON(
      refusalTokens: zip(found.refusalTokenIDs, found.refusalTokenTexts).map {
        AblationJSON.Token(id: $0, text: $1)
      },
      rows: rows.map { point, outcome in
        AblationJSON.Row(
          mode: point?.mode.rawValue ?? "none", firstLayer: point?.window.first,
          lastLayer: point?.window.last, alpha: point?.alpha ?? 0, sign: point?.sign ?? 0,
          labels: found.summaries(of: outcome), perplexity: outcome.perplexity)
      })
  }

  /// Prints a row for the unablated model and for every point.
  func show() {
    printLine(
      "\(modelName), \(counted(found.prompts.count, "prompt")); refusals begin with "
        + found.refusalTokenTexts.map(visible).joined(separator: " "))
    let hasRates = rows.contains { $0.outcome.answers != nil }
    let hasPerplexity = rows.contains { $0.outcome.perplexity != nil }
    let labels = found.labels.map { $0.isEmpty ? "all" : $0 }
    let header =
      ["mode", "layers", "alpha", "sign"] + labels.map { "log-odds \($0)" }
      + labels.map { "KL \($0)" }
      + (hasRates ? ["refused", "broken"].flatMap { kind in labels.map { "\(kind) \($0)" } } : [])
      + (hasPerplexity ? ["perplexity"] : [])
    let cells = rows.map { point, outcome in
      let summaries = found.summaries(of: outcome)
      return names(of: point) + summaries.map { decimals($0.refusalLogOdds, 3) }
        + summaries.map { decimals($0.divergence, 3) }
        + [\.refusalRate, \.brokenRate].flatMap { (rate: KeyPath<Ablation.Summary, Double?>) in
          summaries.compactMap { $0[keyPath: rate].map(percent) }
        }
        + [outcome.perplexity.map { decimals($0, 2) }].compactMap { $0 }
    }
    printTable(header, cells, rightAligned: Set(2..<header.count))
  }

  private func names(of point: AblationPoint?) -> [String] {
    guard let point else { return ["none", "", "", ""] }
    let isSteered = point.mode == .steer
    return [
      point.mode.rawValue, point.window.description, isSteered ? number(point.alpha) : "",
      isSteered ? (point.sign > 0 ? "+1" : "-1") : "",
    ]
  }
}

/// The sweep as JSON.
struct AblationJSON: Encodable {
  struct Token: Encodable {
    let id: Int
    let text: String
  }

  struct Row: Encodable {
    /// `none` for the unablated model.
    let mode: String
    let firstLayer: Int?
    let lastLayer: Int?
    let alpha: Double
    let sign: Int
    let labels: [Ablation.Summary]
    let perplexity: Double?
  }

  let refusalTokens: [Token]
  let rows: [Row]
}

/// What `workbench ablate --dry-run` prints.
struct SweepPlanTable {
  private let plan: LayerSweep.Plan

  init(_ plan: LayerSweep.Plan) { self.plan = plan }

  func show() {
    printLine("points     \(plan.points) to measure")
    printLine("tokens     \(plan.tokens), of which \(plan.rows) are computed after sharing")
    if plan.textTokens > 0 { printLine("text       \(plan.textTokens) tokens more") }
    printLine("time       about \(duration(plan.seconds))\(plan.answerTokens > 0 ? ", and" : "")")
    if plan.answerTokens > 0 { printLine("answers    at most \(plan.answerTokens) tokens") }
  }
}
