import ActivationStore

/// A sweep of interventions over layer windows, from the group `/ablation`; only what is done.
struct SweepResult {
  /// An intervention at a window of layers.
  struct Setting: Hashable {
    let mode: String
    let firstLayer: Int
    let lastLayer: Int
    /// The strength with its sign; nil where the mode has none.
    let strength: Double?

    var window: String {
      firstLayer == lastLayer ? "\(firstLayer)" : "\(firstLayer)–\(lastLayer)"
    }

    /// The intervention without its window, such as `steer α = −4`.
    var name: String {
      guard let strength else { return mode }
      return "\(mode) α = \(signed(strength))"
    }
  }

  static let group = "ablation"

  let labels: [String]
  let labelCounts: [Int]
  let settings: [Setting]
  /// Per setting and label; perplexity has one value per setting, whatever the labels.
  let values: [SweepMetric: [[Double]]]
  /// The same without any intervention, per label; where it is known.
  let baseline: [SweepMetric: [Double]]
  /// How many settings the sweep has, done or not.
  let plannedCount: Int
  let answers: SweepAnswers

  init(_ fields: ResultFields) throws(StoreError) {
    labels = try fields.texts("label")
    labelCounts = try fields.integers("label_count", shape: [labels.count])
    let all = try Self.settings(fields)
    let done = try fields.integers("done", shape: [all.count])
    let rows = all.indices.filter { done[$0] != 0 }
    plannedCount = all.count
    settings = rows.map { all[$0] }
    values = try Self.values(fields, rows: rows, count: all.count, labelCount: labels.count)
    answers = try SweepAnswers(fields, rows: rows, count: all.count)
    baseline = try Self.baseline(fields, labels: labels, answers: answers)
  }

  /// The labels with their counts, as heads of panels.
  var labelTitles: [String] {
    zip(labels, labelCounts).map { label, count in
      "\(label.isEmpty ? "no label" : label) (\(count))"
    }
  }

  /// What the file has values of.
  var metrics: [SweepMetric] { SweepMetric.allCases.filter { values[$0] != nil } }

  private static func settings(_ fields: ResultFields) throws(StoreError) -> [Setting] {
    let modes = try fields.texts("mode")
    let shape = [modes.count]
    let first = try fields.integers("first_layer", shape: shape)
    let last = try fields.integers("last_layer", shape: shape)
    let alpha = try fields.doubles("alpha", shape: shape)
    let sign = try fields.integers("sign", shape: shape)
    return modes.indices.map { index in
      Setting(
        mode: modes[index], firstLayer: first[index], lastLayer: last[index],
        strength: sign[index] == 0 ? nil : Double(sign[index]) * alpha[index])
    }
  }

  private static func values(
    _ fields: ResultFields, rows: [Int], count: Int, labelCount: Int
  ) throws(StoreError) -> [SweepMetric: [[Double]]] {
    var found: [SweepMetric: [[Double]]] = [:]
    for metric in SweepMetric.allCases where fields.has(metric.dataset) {
      let width = metric == .perplexity ? 1 : labelCount
      let values = try fields.numbers(
        metric.dataset, shape: metric == .perplexity ? [count] : [count, labelCount])
      found[metric] = rows.map { Array(values[$0 * width..<($0 + 1) * width]) }
    }
    return found
  }

  private static func baseline(
    _ fields: ResultFields, labels: [String], answers: SweepAnswers
  ) throws(StoreError) -> [SweepMetric: [Double]] {
    var baseline: [SweepMetric: [Double]] = [.kl: labels.map { _ in 0 }]
    if let values = answers.baselineLogOdds {
      baseline[.logOdds] = answers.means(of: values, labels: labels)
    }
    if let refused = answers.baselineRefused {
      baseline[.refusalRate] = answers.means(of: refused.map(Double.init), labels: labels)
    }
    if fields.has(attribute: "baseline_perplexity") {
      baseline[.perplexity] = [try fields.number("baseline_perplexity")]
    }
    return baseline
  }
}

/// A number with its sign and no more decimals than it has.
func signed(_ value: Double) -> String {
  let decimals = (0...4).first { abs(value - rounded(value, decimals: $0)) < 1e-9 } ?? 4
  return (value > 0 ? "+" : "") + text(value, decimals: decimals)
}

/// What a sweep over layers measures.
public enum SweepMetric: String, CaseIterable, Sendable {
  case refusalRate = "refusal-rate"
  case logOdds = "log-odds"
  case kl
  case perplexity

  /// The dataset of `/ablation` that holds it.
  var dataset: String {
    switch self {
    case .refusalRate: "refusal_rate"
    case .logOdds: "refusal_log_odds"
    case .kl: "kl"
    case .perplexity: "perplexity"
    }
  }

  var title: String {
    switch self {
    case .refusalRate: "refusal rate"
    case .logOdds: "refusal log-odds (nats)"
    case .kl: "KL from the unchanged model (nats)"
    case .perplexity: "perplexity"
    }
  }
}
