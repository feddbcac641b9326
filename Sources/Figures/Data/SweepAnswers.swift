import ActivationStore
import ResultSchemas

/// The prompts of a sweep, and what each intervention that is done made of them.
struct SweepAnswers {
  let ids: [String]
  let labels: [String]
  let texts: [String]
  /// Per setting and prompt, in nats.
  let logOdds: [[Double]]
  let kl: [[Double]]
  /// `AnswerCodes` per setting and prompt; nil where no answers were made.
  let codes: [[Int]]?
  let answers: [[String]]?
  /// Per prompt, without any intervention.
  let baselineLogOdds: [Double]?
  let baselineCodes: [Int]?
  let baselineAnswers: [String]?

  /// `rows` are the settings to keep of `count`.
  init(_ fields: ResultFields, rows: [Int], count: Int) throws(StoreError) {
    ids = try fields.texts(AblationSchema.prompt)
    let width = ids.count
    let sizes: AxisSizes = ["point": count, "prompt": width]
    labels = try fields.texts(AblationSchema.promptLabel, sizes)
    texts = try fields.texts(AblationSchema.promptText, sizes)
    func kept<Value>(_ values: [Value]) -> [[Value]] {
      rows.map { Array(values[$0 * width..<($0 + 1) * width]) }
    }
    logOdds = kept(try fields.doubles(AblationSchema.promptLogOdds, sizes, finite: false))
    kl = kept(try fields.doubles(AblationSchema.promptKL, sizes, finite: false))
    codes =
      try fields.has(AblationSchema.promptRefused)
      ? kept(
        AnswerCodes(
          fields, refused: AblationSchema.promptRefused, defect: AblationSchema.promptDefect, sizes
        ).codes) : nil
    answers =
      try fields.has(AblationSchema.promptAnswer)
      ? kept(fields.texts(AblationSchema.promptAnswer, sizes)) : nil
    baselineLogOdds =
      try fields.has(AblationSchema.baselineLogOdds)
      ? fields.doubles(AblationSchema.baselineLogOdds, sizes, finite: false) : nil
    baselineCodes =
      try fields.has(AblationSchema.baselineRefused)
      ? AnswerCodes(
        fields, refused: AblationSchema.baselineRefused, defect: AblationSchema.baselineDefect,
        sizes
      ).codes : nil
    baselineAnswers =
      try fields.has(AblationSchema.baselineAnswer)
      ? fields.texts(AblationSchema.baselineAnswer, sizes) : nil
  }

  /// The mean of a value per prompt over the prompts of each label; NaN where there are none.
  func means(of values: [Double], labels wanted: [String]) -> [Double] {
    wanted.map { label in
      let own = labels.indices.filter { labels[$0] == label }.map { values[$0] }
      return own.reduce(0, +) / Double(own.count)
    }
  }
}
