import ActivationStore
import ResultSchemas

/// A sweep of interventions over layer windows, from the group `/ablation`; only what is done.
struct SweepResult {
  /// An intervention at a window of layers.
  struct Setting: Hashable {
    let mode: String
    let firstLayer: Int
    let lastLayer: Int
    /// The strength with its sign; nil where the mode has none.
    let strength: Double?
    /// `n` where the strength counts lengths of the residual stream, else empty.
    let unit: String

    var window: String {
      firstLayer == lastLayer ? "\(firstLayer)" : "\(firstLayer)–\(lastLayer)"
    }

    /// The intervention without its window, such as `steer α = −4`.
    var name: String {
      guard let strength else { return mode }
      return "\(mode) α = \(signed(strength))\(unit)"
    }
  }

  static let group = AblationSchema.group

  let labels: [String]
  let labelCounts: [Int]
  let settings: [Setting]
  /// Per setting and label; perplexity has one value per setting, whatever the labels.
  let values: [SweepMetric: [[Double]]]
  /// The same without any intervention, per label; where it is known.
  let baseline: [SweepMetric: [Double]]
  /// Per setting and label: from the least to the most that random directions did in place of the
  /// vectors; nil where there are none.
  let bands: [SweepMetric: [[ClosedRange<Double>?]]]
  /// How many sets of random directions stood for the vectors.
  let controlCount: Int
  /// How many settings the sweep has, done or not.
  let plannedCount: Int
  let answers: SweepAnswers

  init(_ fields: ResultFields) throws(StoreError) {
    labels = try fields.texts(AblationSchema.label)
    let all = try Self.settings(fields)
    let sizes: AxisSizes = ["point": all.count, "label": labels.count]
    labelCounts = try fields.integers(AblationSchema.labelCount, sizes)
    let done = try fields.truths(AblationSchema.done, sizes)
    // Files of earlier versions have none.
    let controls =
      try fields.has(AblationSchema.control)
      ? fields.integers(AblationSchema.control, sizes) : all.map { _ in 0 }
    let rows = all.indices.filter { done[$0] && controls[$0] == 0 }
    plannedCount = controls.count { $0 == 0 }
    controlCount = Set(controls).subtracting([0]).count
    settings = rows.map { all[$0] }
    values = try Self.values(fields, rows: rows, sizes, labelCount: labels.count)
    let twins = rows.map { row in
      all.indices.filter { done[$0] && controls[$0] > 0 && all[$0] == all[row] }
    }
    bands = try Self.values(
      fields, rows: twins.flatMap { $0 }, sizes, labelCount: labels.count
    ).mapValues { values in
      var start = 0
      return twins.map { own in
        defer { start += own.count }
        let rows = values[start..<start + own.count]
        return (rows.first ?? []).indices.map { label in
          let numbers = rows.map { $0[label] }.filter(\.isFinite)
          guard let low = numbers.min(), let high = numbers.max() else { return nil }
          return low...high
        }
      }
    }
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
    let modes = try fields.texts(AblationSchema.mode)
    let sizes: AxisSizes = ["point": modes.count]
    let first = try fields.integers(AblationSchema.firstLayer, sizes)
    let last = try fields.integers(AblationSchema.lastLayer, sizes)
    let alpha = try fields.doubles(AblationSchema.alpha, sizes)
    let sign = try fields.integers(AblationSchema.sign, sizes)
    let units =
      try fields.has(AblationSchema.alphaUnit)
      ? fields.texts(AblationSchema.alphaUnit, sizes) : modes.map { _ in "" }
    return modes.indices.map { index in
      Setting(
        mode: modes[index], firstLayer: first[index], lastLayer: last[index],
        strength: sign[index] == 0 ? nil : Double(sign[index]) * alpha[index],
        unit: units[index] == "residual-norm" ? "n" : "")
    }
  }

  private static func values(
    _ fields: ResultFields, rows: [Int], _ sizes: AxisSizes, labelCount: Int
  ) throws(StoreError) -> [SweepMetric: [[Double]]] {
    var found: [SweepMetric: [[Double]]] = [:]
    for metric in SweepMetric.allCases where fields.has(metric.schema) {
      let width = metric == .perplexity ? 1 : labelCount
      let values = try fields.doubles(metric.schema, sizes, finite: false)
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
    if let codes = answers.baselineCodes {
      for (metric, code) in [
        (SweepMetric.refusalRate, AnswerCodes.refused), (.brokenRate, AnswerCodes.broken),
      ] {
        baseline[metric] = answers.means(of: codes.map { $0 == code ? 1 : 0 }, labels: labels)
      }
    }
    if fields.has(attribute: AblationSchema.baselinePerplexity) {
      baseline[.perplexity] = [try fields.number(AblationSchema.baselinePerplexity)]
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
  case brokenRate = "broken-rate"
  case logOdds = "log-odds"
  case kl
  case perplexity

  var schema: DatasetSchema {
    switch self {
    case .refusalRate: AblationSchema.refusalRate
    case .brokenRate: AblationSchema.brokenRate
    case .logOdds: AblationSchema.refusalLogOdds
    case .kl: AblationSchema.kl
    case .perplexity: AblationSchema.perplexity
    }
  }

  /// Whether values are shares, from 0 to 1.
  var isRate: Bool { self == .refusalRate || self == .brokenRate }

  var title: String {
    switch self {
    case .refusalRate: "refusal rate"
    case .brokenRate: "broken answers"
    case .logOdds: "refusal log-odds (nats)"
    case .kl: "KL from the unchanged model (nats)"
    case .perplexity: "perplexity"
    }
  }
}
