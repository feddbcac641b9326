import Analysis

/// What `workbench ablate` prints and writes as CSV.
struct AblationTables {
  static let csvHeader = [
    "mode", "first_layer", "last_layer", "alpha", "alpha_unit", "added_share", "sign", "control",
    "label", "prompts", "refusal_log_odds", "kl", "refusal_rate", "broken_rate", "perplexity",
  ]

  private let found: Ablation
  private let modelName: String
  /// The unablated model first, then every point.
  private let rows: [(place: Int?, outcome: Ablation.Outcome)]

  init(_ found: Ablation, modelName: String) {
    self.found = found
    self.modelName = modelName
    let all: [(Int?, Ablation.Outcome?)] =
      [(nil, found.baseline)] + found.outcomes.enumerated().map { ($0, $1) }
    rows = all.compactMap { place, outcome in outcome.map { (place, $0) } }
  }

  private func written(_ number: (some CustomStringConvertible)?) -> String {
    number.map(\.description) ?? ""
  }

  private func point(_ place: Int?) -> AblationPoint? { place.map { found.points[$0] } }

  private func share(_ place: Int?) -> Double? { place.flatMap { found.addedShares[$0] } }

  var csvRows: [[String]] {
    rows.flatMap { place, outcome in
      let point = point(place)
      let own: [String] = [
        point?.mode.rawValue ?? "none", written(point?.window.first), written(point?.window.last),
        "\(point?.alpha.value ?? 0)", point?.alpha.unit.rawValue ?? "", written(share(place)),
        "\(point?.sign ?? 0)", written(point?.control),
      ]
      return found.summaries(of: outcome).map { summary -> [String] in
        own + [
          summary.label, "\(summary.count)", "\(summary.refusalLogOdds)",
          "\(summary.divergence)", written(summary.refusalRate), written(summary.brokenRate),
          written(outcome.perplexity),
        ]
      }
    }
  }

  var json: AblationJSON {
    AblationJSON(
      refusalTokens: zip(found.refusalTokenIDs, found.refusalTokenTexts).map {
        AblationJSON.Token(id: $0, text: $1)
      },
      rows: rows.map { place, outcome in
        let point = point(place)
        return AblationJSON.Row(
          mode: point?.mode.rawValue ?? "none", firstLayer: point?.window.first,
          lastLayer: point?.window.last, alpha: point?.alpha.value ?? 0,
          alphaUnit: point?.alpha.unit, addedShare: share(place), sign: point?.sign ?? 0,
          control: point?.control, labels: found.summaries(of: outcome),
          controls: place.flatMap { found.controls(ofPoint: $0) },
          perplexity: outcome.perplexity)
      })
  }

  /// Prints a row for the unablated model and for every point, then what controls did.
  func show() {
    printLine(
      "\(modelName), \(counted(found.prompts.count, "prompt")); refusals begin with "
        + found.refusalTokenTexts.map(visible).joined(separator: " "))
    let hasRates = rows.contains { $0.outcome.answers != nil }
    let hasPerplexity = rows.contains { $0.outcome.perplexity != nil }
    let labels = found.labels.map { $0.isEmpty ? "all" : $0 }
    let shown = rows.filter { point($0.place)?.control == nil }
    let hasShares = shown.contains { share($0.place) != nil }
    let header =
      ["mode", "layers", "alpha", "sign"] + (hasShares ? ["|av|/|x|"] : [])
      + labels.map { "log-odds \($0)" }
      + labels.map { "KL \($0)" }
      + (hasRates ? ["refused", "broken"].flatMap { kind in labels.map { "\(kind) \($0)" } } : [])
      + (hasPerplexity ? ["perplexity"] : [])
    let cells = shown.map { place, outcome in
      let summaries = found.summaries(of: outcome)
      let controls = place.flatMap { found.controls(ofPoint: $0) }
      func marked(_ text: String, _ value: Double, _ band: ControlBand?) -> String {
        band.map { $0.contains(value) } ?? false ? text + " ~" : text
      }
      let own =
        names(of: point(place)) + (hasShares ? [share(place).map { decimals($0, 2) } ?? ""] : [])
      let logOdds = summaries.enumerated().map { label, summary in
        marked(
          decimals(summary.refusalLogOdds, 3), summary.refusalLogOdds,
          controls?[label].refusalLogOdds)
      }
      let rates = summaries.enumerated().compactMap { label, summary in
        summary.refusalRate.map { marked(percent($0), $0, controls?[label].refusalRate) }
      }
      return own + logOdds + summaries.map { decimals($0.divergence, 3) } + rates
        + summaries.compactMap { $0.brokenRate.map(percent) }
        + [outcome.perplexity.map { decimals($0, 2) }].compactMap { $0 }
    }
    printTable(header, cells, rightAligned: Set(2..<header.count))
    showControls(labels)
  }

  private func showControls(_ labels: [String]) {
    let controlled = rows.compactMap { place, _ in
      place.flatMap { place in found.controls(ofPoint: place).map { (place, $0) } }
    }
    guard let count = controlled.first?.1.first?.controls else { return }
    printLine(
      "\nThe same with random directions as long as the vectors, least to most of \(count); ~ marks "
        + "what is no other than these")
    let hasRates = controlled.contains { $0.1.contains { $0.refusalRate != nil } }
    let header =
      ["mode", "layers", "alpha", "sign"] + labels.map { "log-odds \($0)" }
      + labels.map { "KL \($0)" } + (hasRates ? labels.map { "refused \($0)" } : [])
    let cells = controlled.map { place, controls in
      names(of: found.points[place])
        + controls.map {
          "\(decimals($0.refusalLogOdds.low, 3)) to \(decimals($0.refusalLogOdds.high, 3))"
        }
        + controls.map {
          "\(decimals($0.divergence.low, 3)) to \(decimals($0.divergence.high, 3))"
        }
        + controls.compactMap {
          $0.refusalRate.map { "\(percent($0.low)) to \(percent($0.high))" }
        }
    }
    printTable(header, cells, rightAligned: Set(2..<header.count))
  }

  private func names(of point: AblationPoint?) -> [String] {
    guard let point else { return ["none", "", "", ""] }
    let isSteered = point.mode == .steer
    return [
      point.mode.rawValue, point.window.description, isSteered ? "\(point.alpha)" : "",
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
    let alphaUnit: Strength.Unit?
    /// |alpha v| / |x| in the layer of the window where it is largest.
    let addedShare: Double?
    let sign: Int
    /// Which random directions stand for the vectors, from 1.
    let control: Int?
    let labels: [Ablation.Summary]
    /// What random directions did in place of the vectors, for each label.
    let controls: [Ablation.ControlSummary]?
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
