import ActivationStore
import ResultSchemas

/// Refusal rates of methods on benchmarks, from the group `/evaluation_table`.
struct EvaluationTable {
  static let group = EvaluationTableSchema.group

  let methods: [String]
  /// [column]: a set and one of its labels.
  let sets: [String]
  let labels: [String]
  /// [trial]: the seeds of the anchors.
  let seeds: [Int]
  /// `[method, column, trial]`, row-major; NaN where a trial has no prompts.
  let rates: [Double]
  let (low, high): ([Double], [Double])
  /// `[method, column, trial]`: the shares of answers that are broken.
  let brokenRates: [Double]
  let p: [Double]
  /// `[method, trial]`: (answered safe + refused unsafe) / all, broken answers being wrong.
  let averages: [Double]
  let (averageLow, averageHigh): ([Double], [Double])
  let averageP: [Double]
  /// `[method, trial]`: the same as the paper counts.
  let judgedAverages: [Double]
  /// What methods do by chance.
  let controls: [EvaluationControl]

  init(_ fields: ResultFields) throws(StoreError) {
    methods = try fields.texts(EvaluationTableSchema.method)
    sets = try fields.texts(EvaluationTableSchema.columnSet)
    seeds = try fields.integers(EvaluationTableSchema.trial)
    let sizes: AxisSizes = [
      "method": methods.count, "column": sets.count, "trial": seeds.count,
    ]
    labels = try fields.texts(EvaluationTableSchema.columnLabel, sizes)
    let (rate, average) = (EvaluationTableSchema.rate, EvaluationTableSchema.average)
    rates = try fields.doubles(rate.value, sizes, finite: false)
    low = try fields.doubles(rate.low, sizes, finite: false)
    high = try fields.doubles(rate.high, sizes, finite: false)
    // Files of earlier versions know no broken answers, so their Avg. is as the paper counts.
    let broken = EvaluationTableSchema.brokenRate.value
    brokenRates =
      try fields.has(broken)
      ? fields.doubles(broken, sizes, finite: false) : rates.map { _ in .nan }
    let judged = EvaluationTableSchema.judgedAverage.value
    judgedAverages = try fields.doubles(fields.has(judged) ? judged : average.value, sizes)
    controls = try EvaluationControl.all(fields, columns: sets.count)
    p = try fields.doubles(EvaluationTableSchema.p, sizes, finite: false)
    averages = try fields.doubles(average.value, sizes)
    averageLow = try fields.doubles(average.low, sizes)
    averageHigh = try fields.doubles(average.high, sizes)
    averageP = try fields.doubles(EvaluationTableSchema.allP, sizes)
  }
}

/// From the least to the most that a method does by chance.
struct EvaluationControl {
  let method: String
  /// In words.
  let name: String
  /// [column], then Avg.
  let low: [Double]
  let high: [Double]

  /// Files without steered methods, and those of earlier versions, have none.
  static func all(_ fields: ResultFields, columns: Int) throws(StoreError) -> [EvaluationControl] {
    guard fields.has(EvaluationTableSchema.control) else { return [] }
    let kinds = try fields.texts(EvaluationTableSchema.control)
    let sizes: AxisSizes = ["control": kinds.count, "column": columns]
    let methods = try fields.texts(EvaluationTableSchema.controlMethod, sizes)
    let counts = try fields.integers(EvaluationTableSchema.controlCount, sizes)
    let low = try fields.doubles(EvaluationTableSchema.controlRateLow, sizes, finite: false)
    let high = try fields.doubles(EvaluationTableSchema.controlRateHigh, sizes, finite: false)
    let averageLow = try fields.doubles(EvaluationTableSchema.controlAverageLow, sizes)
    let averageHigh = try fields.doubles(EvaluationTableSchema.controlAverageHigh, sizes)
    return kinds.indices.map { index in
      let own = index * columns..<(index + 1) * columns
      return EvaluationControl(
        method: methods[index],
        name: kinds[index] == "random-directions"
          ? "\(counts[index]) sets of random directions" : "its signs shuffled",
        low: low[own] + [averageLow[index]], high: high[own] + [averageHigh[index]])
    }
  }
}

/// What methods answered to the prompts of benchmarks, from the group `/evaluation`.
struct EvaluationAnswers {
  static let group = EvaluationSchema.group

  let ids: [String]
  let sets: [String]
  let labels: [String]
  let texts: [String]
  /// [column]: a method, and under which sign and in which trial it answered, if any.
  let names: [String]
  /// `[column][prompt]`.
  let answers: [[String]]
  /// `[column][prompt]`: `AnswerCodes`.
  let codes: [[Int]]

  init(_ fields: ResultFields) throws(StoreError) {
    ids = try fields.texts(EvaluationSchema.prompt)
    let methods = try fields.texts(EvaluationSchema.answerMethod)
    let sizes: AxisSizes = ["prompt": ids.count, "answer_column": methods.count]
    sets = try fields.texts(EvaluationSchema.promptSet, sizes)
    labels = try fields.texts(EvaluationSchema.promptLabel, sizes)
    texts = try fields.texts(EvaluationSchema.promptText, sizes)
    let trials = try fields.integers(EvaluationSchema.answerTrial, sizes)
    let signs = try fields.integers(EvaluationSchema.answerSign, sizes)
    let controls =
      try fields.has(EvaluationSchema.answerControl)
      ? fields.integers(EvaluationSchema.answerControl, sizes) : methods.map { _ in 0 }
    let hasTrials = Set(trials.filter { $0 >= 0 }).count > 1
    names = methods.indices.map { index in
      let sign = signs[index] == 0 ? "" : ", σ = \(signs[index] > 0 ? "+1" : "−1")"
      return methods[index]
        + (controls[index] > 0 ? ", random directions \(controls[index])" : "") + sign
        + (hasTrials && trials[index] >= 0 ? ", trial \(trials[index] + 1)" : "")
    }
    let width = ids.count
    func columns<Value>(_ values: [Value]) -> [[Value]] {
      methods.indices.map { Array(values[$0 * width..<($0 + 1) * width]) }
    }
    answers = columns(try fields.texts(EvaluationSchema.answer, sizes))
    codes = columns(
      try AnswerCodes(
        fields, refused: EvaluationSchema.refused, defect: EvaluationSchema.defect, sizes
      ).codes)
  }
}
