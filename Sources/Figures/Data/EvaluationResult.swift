import ActivationStore

/// Refusal rates of methods on benchmarks, from the group `/evaluation_table`.
struct EvaluationTable {
  static let group = "evaluation_table"

  let methods: [String]
  /// [column]: a set and one of its labels.
  let sets: [String]
  let labels: [String]
  /// [trial]: the seeds of the anchors.
  let seeds: [Int]
  /// `[method, column, trial]`, row-major; NaN where a trial has no prompts.
  let rates: [Double]
  let (low, high): ([Double], [Double])
  let p: [Double]
  /// `[method, trial]`: (answered safe + refused unsafe) / all, with intervals.
  let averages: [Double]
  let (averageLow, averageHigh): ([Double], [Double])
  let averageP: [Double]

  init(_ fields: ResultFields) throws(StoreError) {
    methods = try fields.texts("method")
    sets = try fields.texts("column_set")
    labels = try fields.texts("column_label", shape: [sets.count])
    seeds = try fields.integers("trial")
    let cells = [methods.count, sets.count, seeds.count]
    let pooled = [methods.count, seeds.count]
    rates = try fields.doubles("rate", shape: cells, finite: false)
    low = try fields.doubles("rate_low", shape: cells, finite: false)
    high = try fields.doubles("rate_high", shape: cells, finite: false)
    p = try fields.doubles("p", shape: cells, finite: false)
    averages = try fields.doubles("average", shape: pooled)
    averageLow = try fields.doubles("average_low", shape: pooled)
    averageHigh = try fields.doubles("average_high", shape: pooled)
    averageP = try fields.doubles("all_p", shape: pooled)
  }
}

/// What methods answered to the prompts of benchmarks, from the group `/evaluation`.
struct EvaluationAnswers {
  static let group = "evaluation"

  let ids: [String]
  let sets: [String]
  let labels: [String]
  let texts: [String]
  /// [column]: a method, and under which sign and in which trial it answered, if any.
  let names: [String]
  /// `[column][prompt]`.
  let answers: [[String]]
  /// `[column][prompt]`: 0 or 1; -1 where there is no answer.
  let refused: [[Int]]

  init(_ fields: ResultFields) throws(StoreError) {
    ids = try fields.texts("prompt")
    sets = try fields.texts("prompt_set", shape: [ids.count])
    labels = try fields.texts("prompt_label", shape: [ids.count])
    texts = try fields.texts("prompt_text", shape: [ids.count])
    let methods = try fields.texts("answer_method")
    let trials = try fields.integers("answer_trial", shape: [methods.count])
    let signs = try fields.integers("answer_sign", shape: [methods.count])
    let hasTrials = Set(trials.filter { $0 >= 0 }).count > 1
    names = methods.indices.map { index in
      let sign = signs[index] == 0 ? "" : ", σ = \(signs[index] > 0 ? "+1" : "−1")"
      return methods[index] + sign
        + (hasTrials && trials[index] >= 0 ? ", trial \(trials[index] + 1)" : "")
    }
    let width = ids.count
    func columns<Value>(_ values: [Value]) -> [[Value]] {
      methods.indices.map { Array(values[$0 * width..<($0 + 1) * width]) }
    }
    answers = columns(try fields.texts("answer", shape: [methods.count, width]))
    refused = columns(try fields.integers("refused", shape: [methods.count, width]))
  }
}
