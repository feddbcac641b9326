import ActivationStore
import Analysis
import Numerics

/// What `workbench eval` prints and writes of an evaluation.
struct EvaluationTables {
  let evaluation: SafetyEvaluation
  let findings: SafetyFindings
  let model: StoredModel
  /// nil unless asked for.
  let published: PublishedResults?
  /// With them.
  let costs: [SteeringCost]
  let signRule: SafetyEvaluation.SignRule
  private let path: String

  /// `path` is the evaluation's file, or what errors call an evaluation that has none.
  init(
    _ evaluation: SafetyEvaluation, signRule: SafetyEvaluation.SignRule? = nil, model: StoredModel,
    path: String, isFile: Bool, comparison: EvalShowTables.Comparison?
  ) throws {
    self.evaluation = evaluation
    self.signRule = signRule ?? evaluation.signRule
    self.model = model
    findings = try SafetyFindings(evaluation, signRule: signRule, path: path)
    published = comparison.flatMap { _ in PublishedResults(for: model) }
    self.path = path
    costs = comparison == nil || !isFile ? [] : try SteeringCost.measured(in: path)
    if let published, !published.isOfSameModel {
      note(
        "\(model.name) is not one of the paper's models "
          + "(\(PublishedResults.models.joined(separator: ", "))); what the paper has of "
          + "\(published.model) stands beside it")
    }
  }

  /// All tables, the refusal rates first.
  func tables() throws -> [TitledTable] {
    [rateTable] + (findings.rows.count > 1 ? [pairingTable] : [])
      + (findings.classifier.isEmpty ? [] : [classifierTable])
      + (findings.rows.contains { $0.effect != nil } ? [effectTable] : [])
      + (try published.map { [costTable($0), try thresholdTable()] } ?? [])
  }

  /// Writes the tables to files and prints them, as text or JSON.
  func put(
    to files: TableFiles, csv: CSVFile?, asJSON: Bool
  ) throws {
    let tables = try tables()
    try files.write(tables)
    try csv?.write(Self.csvHeader, csvRows)
    for row in findings.rows {
      warnOfWreck(divergence: row.effect?.divergence, alpha: nil, by: row.method)
    }
    guard !asJSON else { return try printJSON(json) }
    for (index, table) in tables.enumerated() {
      if index > 0 { printLine() }
      table.show()
    }
  }

  private var rateTable: TitledTable {
    let trials = findings.seeds.count
    let spread = trials > 1 ? ", mean ± standard deviation of \(trials) trials" : ", 95% interval"
    return TitledTable(
      title: "\(model.name)\(spread); \(legend)",
      header: ["method", "answers"] + groupNames + ["Avg.", "paper's Avg."],
      rows: findings.rows.flatMap(rateRows) + publishedRows, firstNumber: 2)
  }

  private var legend: String {
    "Avg. = (answered safe + refused unsafe) / all, where broken answers (empty, looping, in another "
      + "script, improbable) are wrong; the paper's Avg. counts them as answers"
      + (findings.controls.isEmpty
        ? ""
        : "; under a method, what it does by chance (random directions as long as its vectors, the "
          + "middle 95% of 1000 shuffles of its signs), and ~ marks what is no other")
  }

  private func rateRows(_ row: SafetyFindings.Row) -> [[String]] {
    let controls = findings.controls.filter { $0.method == row.method }
    let bands = controls.map { $0.refusals + [$0.right, $0.judgedRight] }
    let refused = (row.refusals + [row.right, row.judgedRight]).enumerated().map { place, counts in
      let isChance = bands.contains { bands in
        counts.summary.map { bands[place].contains($0.mean) } ?? false
      }
      return cell(counts) + (isChance ? " ~" : "")
    }
    return [
      [row.method, "refused"] + refused,
      ["", "answered"] + row.answered.map(cell) + ["", ""],
      ["", "broken"] + row.broken.map(cell) + ["", ""],
    ]
      + zip(controls, bands).map { control, bands in
        ["", name(of: control)]
          + bands.map { "\(decimals(100 * $0.low, 1)) to \(decimals(100 * $0.high, 1))" }
      }
  }

  private func name(of control: SafetyControl) -> String {
    switch control.kind {
    case .randomDirections: "refused, \(control.count) random"
    case .shuffledSigns: "refused, shuffled"
    }
  }

  private var effectTable: TitledTable {
    TitledTable(
      title: "What steering does to the model: KL(unsteered || steered) per token along Default's "
        + "answers, and |alpha v| / |x| by layer",
      header: ["method", "KL (nats)", "layers", "|alpha v| / |x|"],
      rows: findings.rows.compactMap { row in
        row.effect.map { effect in
          [
            row.method, effect.divergence.map { decimals($0, 3) } ?? "-",
            LayerWindow.listed(effect.addedShares.map(\.layer)),
            effect.addedShares.map { decimals($0.share, 2) }.joined(separator: " "),
          ]
        }
      }, firstNumber: 3)
  }

  private var publishedRows: [[String]] {
    (published?.rows ?? []).map { row in
      ["paper, \(published?.model ?? ""): \(row.method)", "refused"]
        + findings.groups.map { group in row.rate(of: group).map { decimals($0, 1) + "%" } ?? "-" }
        + ["", decimals(row.average, 1) + "%"]
    }
  }

  /// What steering costs, in the paper and in the file.
  private func costTable(_ published: PublishedResults) -> TitledTable {
    func cells(_ costs: [SteeringCost], _ measure: SteeringCost.Measure) -> [String] {
      guard let cost = costs.first(where: { $0.measure == measure }) else { return ["-", "-"] }
      return [decimals(cost.unsteered, 2), decimals(cost.steered, 2)]
    }
    let theirs = SteeringCost.published(for: published.model)
    return TitledTable(
      title:
        "What steering costs: \(published.model) in the paper, \(model.name) here (protocols as "
        + "`workbench eval` ran them; perplexities of other tokenizers cannot be compared)",
      header: ["", "paper, unsteered", "paper, SCANS", "unsteered", "steered"],
      rows: SteeringCost.Measure.allCases.filter { measure in
        (theirs + costs).contains { $0.measure == measure }
      }.map { [$0.title] + cells(theirs, $0) + cells(costs, $0) })
  }

  /// The paper's thresholds of its cosine, in the paper and here.
  private func thresholdTable() throws -> TitledTable {
    var rule = signRule
    rule.classifier = .cosine
    let rows = try PublishedResults.thresholds.map { published in
      rule.threshold = .value(published.threshold)
      let here =
        evaluation.hasSteered ? try SafetyFindings(evaluation, signRule: rule, path: path) : nil
      let row = here?.rows.first { $0.effect != nil }
      let safe = findings.groups.firstIndex {
        KnownSet(name: $0.set) == .xstest && $0.label == .safe
      }
      return [decimals(published.threshold, 2)]
        + [published.safeRefused, published.average].map { decimals($0, 1) + "%" }
        + [safe.flatMap { row?.refusals[$0] }, row?.right].map { $0.map(cell) ?? "-" }
    }
    return TitledTable(
      title: "SCANS by the threshold of its cosine: \(PublishedResults.models[0]) in the paper, "
        + "\(model.name) here",
      header: [
        "threshold", "paper, XSTest safe refused", "paper, Avg.", "XSTest safe refused", "Avg.",
      ], rows: rows)
  }

  /// A set and a label, with how many prompts a trial reports on.
  private var groupNames: [String] {
    findings.groups.indices.map { index in
      let counts = Set(findings.rows.first?.refusals[index].wholes ?? []).sorted()
      let size = counts.map { "\($0)" }.joined(separator: " to ")
      return "\(findings.groups[index].set) \(findings.groups[index].label.rawValue) (\(size))"
    }
  }

  private func cell(_ counts: SafetyFindings.Counts) -> String {
    guard let summary = counts.summary else { return "-" }
    if let deviation = summary.deviation {
      return "\(percent(summary.mean)) ± \(decimals(100 * deviation, 1))"
    }
    let interval = counts.shares.lazy.compactMap { $0 }.first?.interval
    return percent(summary.mean)
      + (interval.map { " [\(decimals(100 * $0.low, 1)), \(decimals(100 * $0.high, 1))]" } ?? "")
  }

  private var pairingTable: TitledTable {
    let rows = findings.rows.dropFirst().flatMap { row in
      findings.seeds.indices.map { trial in
        [row.method, evaluation.isSteered(row.method) ? "\(findings.seeds[trial])" : ""]
          + (row.pairings.map { $0[trial] } + [row.pooledPairings[trial]]).map(pairing)
      }
    }
    return TitledTable(
      title: "Treated right by Default alone / by the method alone, and McNemar's exact p",
      header: ["method", "seed"] + findings.groups.map { "\($0.set) \($0.label.rawValue)" }
        + ["all"], rows: rows, firstNumber: 2)
  }

  private func pairing(_ pairing: SafetyFindings.Pairing) -> String {
    let p = pairing.pValue < 0.001 ? "p<0.001" : "p=\(decimals(pairing.pValue, 3))"
    return "\(pairing.onlyDefault)/\(pairing.onlyMethod) \(p)"
  }

  private var classifierTable: TitledTable {
    TitledTable(
      title: "Classifier: \(findings.decisions.first?.source ?? ""); positive is safe",
      header: [
        "sets", "seed", "threshold", "TP", "FP", "TN", "FN", "precision", "recall", "F1", "AUPRC",
        "ROC-AUC",
      ],
      rows: findings.classifier.map { figures in
        let counts = figures.counts
        let shares = [counts.precision, counts.recall, counts.f1]
        let areas = [figures.trapezoidAUPRC, figures.rocAUC]
        return [figures.set ?? "all", "\(findings.seeds[figures.trial])"]
          + [decimals(figures.threshold, 3)]
          + [
            counts.truePositives, counts.falsePositives, counts.trueNegatives,
            counts.falseNegatives,
          ].map { "\($0)" } + (shares + areas).map { $0.map { decimals($0, 3) } ?? "-" }
      })
  }
}
