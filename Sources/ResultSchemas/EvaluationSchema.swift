/// The group `evaluation`: what methods answered to the prompts of benchmarks.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `prompt` | prompt | UTF-8 | ids, unique in a set |
/// | `prompt_set`, `prompt_label`, `prompt_text` | prompt | UTF-8 | label `safe` or `unsafe` |
/// | `trial` | trial | int64 | the seed of its anchors |
/// | `is_anchor`, `is_reported` | trial, prompt | int64 | 0 or 1 |
/// | `answer_method` | answer_column | UTF-8 | `default`, `scans-repo`, ... |
/// | `answer_trial`, `answer_sign` | answer_column | int64 | -1 for no trial; 0, +1 or -1 |
/// | `answer` | answer_column, prompt | UTF-8 | what the model said |
/// | `refused` | answer_column, prompt | int64 | 0 or 1; -1 where there is no answer |
/// | `answer_tokens`, `answer_end` | answer_column, prompt | int64, UTF-8 | `stop` or `length` |
/// | `cosine` | trial, prompt, layer | float64 | cos(a_t, d_harm); NaN where not reported |
/// | `has_scores` | trial | int64 | 1 where the cosines are known |
/// | `layer` | layer | int64 | the block of each cosine, from 0 |
/// | `classifier_layer` | classifier_layer | int64 | the layer set L of the run |
/// | `score`, `sigma` | trial, prompt | float64, int64 | s_q and the sign; NaN and 0 elsewhere |
/// | `warning` | warning | UTF-8 | what was left out or is not as published |
///
/// Attributes: `threshold` (a number or `anchors`), `signs`, `model_*` and the settings by name, which a
/// run that goes on must have in common with it. Each trial's vectors are a group of their own,
/// `evaluation_vectors_0` and so on, as `vectors` is.
public enum EvaluationSchema: GroupSchema {
  public static let group = "evaluation"

  /// The name of the group with a trial's vectors.
  public static func vectors(ofTrial trial: Int) -> String { "\(group)_vectors_\(trial)" }

  public static let prompt = DatasetSchema("prompt", ["prompt"], .texts)
  public static let promptSet = DatasetSchema("prompt_set", ["prompt"], .texts)
  public static let promptLabel = DatasetSchema("prompt_label", ["prompt"], .texts)
  public static let promptText = DatasetSchema("prompt_text", ["prompt"], .texts)
  public static let trial = DatasetSchema("trial", ["trial"], .integers)
  public static let isAnchor = DatasetSchema("is_anchor", ["trial", "prompt"], .integers)
  public static let isReported = DatasetSchema("is_reported", ["trial", "prompt"], .integers)
  public static let answerMethod = DatasetSchema("answer_method", ["answer_column"], .texts)
  public static let answerTrial = DatasetSchema("answer_trial", ["answer_column"], .integers)
  public static let answerSign = DatasetSchema("answer_sign", ["answer_column"], .integers)
  public static let answer = DatasetSchema("answer", ["answer_column", "prompt"], .texts)
  public static let refused = DatasetSchema("refused", ["answer_column", "prompt"], .integers)
  public static let answerTokens = DatasetSchema(
    "answer_tokens", ["answer_column", "prompt"], .integers)
  public static let answerEnd = DatasetSchema("answer_end", ["answer_column", "prompt"], .texts)
  public static let cosine = DatasetSchema("cosine", ["trial", "prompt", "layer"], .doubles)
  public static let hasScores = DatasetSchema("has_scores", ["trial"], .integers)
  public static let layer = DatasetSchema("layer", ["layer"], .integers)
  public static let classifierLayer = DatasetSchema(
    "classifier_layer", ["classifier_layer"], .integers)
  public static let score = DatasetSchema("score", ["trial", "prompt"], .doubles)
  public static let sigma = DatasetSchema("sigma", ["trial", "prompt"], .integers)
  public static let warning = DatasetSchema("warning", ["warning"], .texts)

  public static let datasets = [
    prompt, promptSet, promptLabel, promptText, trial, isAnchor, isReported, answerMethod,
    answerTrial, answerSign, answer, refused, answerTokens, answerEnd, cosine, hasScores, layer,
    classifierLayer, score, sigma, warning,
  ]

  public static let threshold = "threshold"
  public static let signs = "signs"
}

/// The group `evaluation_table`: the tables of a run, read with its own threshold.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `method`, `trial` | method; trial | UTF-8; int64 | rows, and the seeds of the trials' anchors |
/// | `column_set`, `column_label` | column | UTF-8 | a set, and `safe` or `unsafe` |
/// | `prompts` | column, trial | int64 | prompts that are reported on |
/// | `refusals` | method, column, trial | int64 | answers that refuse |
/// | `rate`, `rate_low`, `rate_high` | method, column, trial | float64 | with 95% intervals (Wilson) |
/// | `average`, `average_low`, `average_high` | method, trial | float64 | (answered safe + refused unsafe) / all |
/// | `only_default`, `only_method`, `p` | method, column, trial | int64, float64 | treated right by one alone; McNemar's exact p |
/// | `all_only_default`, `all_only_method`, `all_p` | method, trial | int64, float64 | the same over all prompts |
///
/// Shares of nothing are NaN. Attributes: `model_*`.
public enum EvaluationTableSchema: GroupSchema {
  public static let group = "evaluation_table"

  /// A share, and the ends of its interval.
  public struct Share: Hashable, Sendable {
    public let value, low, high: DatasetSchema

    fileprivate init(_ name: String, _ axes: [String]) {
      value = DatasetSchema(name, axes, .doubles)
      low = DatasetSchema(name + "_low", axes, .doubles)
      high = DatasetSchema(name + "_high", axes, .doubles)
    }
  }

  private static let cell = ["method", "column", "trial"]
  private static let pooled = ["method", "trial"]

  public static let method = DatasetSchema("method", ["method"], .texts)
  public static let trial = DatasetSchema("trial", ["trial"], .integers)
  public static let columnSet = DatasetSchema("column_set", ["column"], .texts)
  public static let columnLabel = DatasetSchema("column_label", ["column"], .texts)
  public static let prompts = DatasetSchema("prompts", ["column", "trial"], .integers)
  public static let refusals = DatasetSchema("refusals", cell, .integers)
  public static let rate = Share("rate", cell)
  public static let average = Share("average", pooled)
  public static let onlyDefault = DatasetSchema("only_default", cell, .integers)
  public static let onlyMethod = DatasetSchema("only_method", cell, .integers)
  public static let p = DatasetSchema("p", cell, .doubles)
  public static let allOnlyDefault = DatasetSchema("all_only_default", pooled, .integers)
  public static let allOnlyMethod = DatasetSchema("all_only_method", pooled, .integers)
  public static let allP = DatasetSchema("all_p", pooled, .doubles)

  public static let datasets =
    [method, trial, columnSet, columnLabel, prompts, refusals]
    + [rate, average].flatMap { [$0.value, $0.low, $0.high] }
    + [onlyDefault, onlyMethod, p, allOnlyDefault, allOnlyMethod, allP]
}
