import ActivationStore

/// The prompts of a sweep, and what each intervention that is done made of them.
struct SweepAnswers {
  let ids: [String]
  let labels: [String]
  let texts: [String]
  /// Per setting and prompt, in nats.
  let logOdds: [[Double]]
  let kl: [[Double]]
  /// Per setting and prompt, 0 or 1; nil where no answers were made.
  let refused: [[Int]]?
  let answers: [[String]]?
  /// Per prompt, without any intervention.
  let baselineLogOdds: [Double]?
  let baselineRefused: [Int]?
  let baselineAnswers: [String]?

  /// `rows` are the settings to keep of `count`.
  init(_ fields: ResultFields, rows: [Int], count: Int) throws(StoreError) {
    ids = try fields.texts("prompt")
    let width = ids.count
    labels = try fields.texts("prompt_label", shape: [width])
    texts = try fields.texts("prompt_text", shape: [width])
    func kept<Value>(_ values: [Value]) -> [[Value]] {
      rows.map { Array(values[$0 * width..<($0 + 1) * width]) }
    }
    logOdds = kept(try fields.numbers("prompt_log_odds", shape: [count, width]))
    kl = kept(try fields.numbers("prompt_kl", shape: [count, width]))
    refused =
      try fields.has("prompt_refused")
      ? kept(fields.integers("prompt_refused", shape: [count, width])) : nil
    answers =
      try fields.has("prompt_answer")
      ? kept(fields.texts("prompt_answer", shape: [count, width])) : nil
    baselineLogOdds =
      try fields.has("baseline_log_odds")
      ? fields.numbers("baseline_log_odds", shape: [width]) : nil
    baselineRefused =
      try fields.has("baseline_refused")
      ? fields.integers("baseline_refused", shape: [width]) : nil
    baselineAnswers =
      try fields.has("baseline_answer") ? fields.texts("baseline_answer", shape: [width]) : nil
  }

  /// The mean of a value per prompt over the prompts of each label; NaN where there are none.
  func means(of values: [Double], labels wanted: [String]) -> [Double] {
    wanted.map { label in
      let own = labels.indices.filter { labels[$0] == label }.map { values[$0] }
      return own.reduce(0, +) / Double(own.count)
    }
  }
}
