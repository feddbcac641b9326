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
