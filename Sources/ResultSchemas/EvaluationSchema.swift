/// The group `evaluation`: what methods answered to the prompts of benchmarks.
///
/// Attributes: `classifier` (what s_q is: `cosine`, or a probe), `threshold` (a number or `anchors`), `surprisal_bound` (nats, beyond which an answer is
/// broken), `signs`, `model_*` and the settings by name, which a
/// run that goes on must have in common with it. Each trial's vectors are a group of their own,
/// `evaluation_vectors_0` and so on, as `vectors` is.
public enum EvaluationSchema: GroupSchema {
  public static let group = "evaluation"

  /// The name of the group with a trial's vectors.
  public static func vectors(ofTrial trial: Int) -> String { "\(group)_vectors_\(trial)" }

  public static let prompt = DatasetSchema(
    "prompt", ["prompt"], .texts, "id of the prompt, unique in a set")
  public static let promptSet = DatasetSchema(
    "prompt_set", ["prompt"], .texts, "set of the prompt")
  public static let promptLabel = DatasetSchema(
    "prompt_label", ["prompt"], .texts, "safe or unsafe")
  public static let promptText = DatasetSchema(
    "prompt_text", ["prompt"], .texts, "the prompt as given")
  /// Absent where no prompt is the last turn of a chat.
  public static let promptEarlier = DatasetSchema(
    "prompt_earlier", ["prompt"], .texts, "turns before the prompt, as JSON")
  public static let trial = DatasetSchema(
    "trial", ["trial"], .integers, "seed of the trial's anchors")
  public static let isAnchor = DatasetSchema(
    "is_anchor", ["trial", "prompt"], .truths,
    "whether the trial's vectors were made from the prompt")
  public static let isReported = DatasetSchema(
    "is_reported", ["trial", "prompt"], .truths, "whether the trial reports on the prompt")
  public static let answerMethod = DatasetSchema(
    "answer_method", ["answer_column"], .texts, "method that answered: default, scans-repo, ...")
  public static let answerTrial = DatasetSchema(
    "answer_trial", ["answer_column"], .integers,
    "place of the trial; -1 where the method has none", missing: -1)
  public static let answerSign = DatasetSchema(
    "answer_sign", ["answer_column"], .integers, "sign of the steering; 0 without")
  public static let answerControl = DatasetSchema(
    "answer_control", ["answer_column"], .integers,
    "which random directions stand for the vectors, from 1; 0 for the vectors themselves")
  public static let kl = DatasetSchema(
    "kl", ["answer_column", "prompt"], .doubles,
    "mean KL(unsteered, steered) over the first 16 tokens of Default's answer; NaN without steering",
    unit: "nats")
  public static let addedShare = DatasetSchema(
    "added_share", ["answer_column", "layer"], .doubles,
    "length of what is added, as a share of the residual stream's; NaN where nothing is, or unknown"
  )
  public static let answer = DatasetSchema(
    "answer", ["answer_column", "prompt"], .texts, "what the model said")
  public static let refused = DatasetSchema(
    "refused", ["answer_column", "prompt"], .integers,
    "1 where the judge finds a refusal in the answer, -1 where there is none", missing: -1)
  public static let defect = DatasetSchema(
    "defect", ["answer_column", "prompt"], .texts,
    "what makes the answer broken: empty, loop, script or improbable")
  public static let surprisal = DatasetSchema(
    "surprisal", ["answer_column", "prompt"], .doubles,
    "mean -log p of the answer for the model as it is; NaN of refusals and broken answers",
    unit: "nats")
  public static let answerTokens = DatasetSchema(
    "answer_tokens", ["answer_column", "prompt"], .integers, "tokens of the answer")
  public static let answerEnd = DatasetSchema(
    "answer_end", ["answer_column", "prompt"], .texts, "how the answer ended: stop or length")
  public static let cosine = DatasetSchema(
    "cosine", ["trial", "prompt", "layer"], .doubles,
    "cosine of the prompt's transition a_t with d_harm; NaN where the prompt is not reported on")
  public static let probe = DatasetSchema(
    "probe", ["probe"], .texts,
    "what a linear classifier of states reads: transition or query-end")
  public static let probeScore = DatasetSchema(
    "probe_score", ["trial", "prompt", "probe"], .doubles,
    "score of the prompt's states; NaN where the prompt is not reported on")
  public static let hasScores = DatasetSchema(
    "has_scores", ["trial"], .truths, "whether the trial's cosines are known")
  public static let layer = DatasetSchema(
    "layer", ["layer"], .integers, "block of each cosine, counted from 0")
  public static let classifierLayer = DatasetSchema(
    "classifier_layer", ["classifier_layer"], .integers, "block of the layer set L, counted from 0")
  public static let score = DatasetSchema(
    "score", ["trial", "prompt"], .doubles, "s_q; NaN where the prompt is not reported on")
  public static let sigma = DatasetSchema(
    "sigma", ["trial", "prompt"], .integers,
    "sign of the steering; 0 where the prompt is not reported on")
  public static let warning = DatasetSchema(
    "warning", ["warning"], .texts, "what was left out or is not as published")

  public static let datasets = [
    prompt, promptSet, promptLabel, promptText, promptEarlier, trial, isAnchor, isReported,
    answerMethod,
    answerTrial, answerSign, answerControl, answer, refused, defect, surprisal, kl, addedShare,
    answerTokens, answerEnd, cosine,
    probe, probeScore, hasScores, layer,
    classifierLayer, score, sigma, warning,
  ]

  public static let threshold = "threshold"
  public static let classifier = "classifier"
  public static let signs = "signs"
  public static let surprisalBound = "surprisal_bound"
}

/// The group `evaluation_table`: the tables of a run, read with its own threshold.
///
/// Shares of nothing are NaN. Attributes: `model_*`.
public enum EvaluationTableSchema: GroupSchema {
  public static let group = "evaluation_table"

  /// A share, and the ends of its interval.
  public struct Share: Hashable, Sendable {
    public let value, low, high: DatasetSchema

    fileprivate init(_ name: String, _ axes: [String], _ meaning: String) {
      value = DatasetSchema(name, axes, .doubles, meaning + "; NaN of nothing")
      low = DatasetSchema(name + "_low", axes, .doubles, "lower end of the 95% interval (Wilson)")
      high = DatasetSchema(name + "_high", axes, .doubles, "upper end of the 95% interval (Wilson)")
    }
  }

  private static let cell = ["method", "column", "trial"]
  private static let pooled = ["method", "trial"]

  public static let method = DatasetSchema(
    "method", ["method"], .texts, "method")
  public static let trial = DatasetSchema(
    "trial", ["trial"], .integers, "seed of the trial's anchors")
  public static let columnSet = DatasetSchema(
    "column_set", ["column"], .texts, "set")
  public static let columnLabel = DatasetSchema(
    "column_label", ["column"], .texts, "safe or unsafe")
  public static let prompts = DatasetSchema(
    "prompts", ["column", "trial"], .integers, "prompts that are reported on")
  public static let refusals = DatasetSchema(
    "refusals", cell, .integers, "answers that refuse and are not broken")
  public static let broken = DatasetSchema(
    "broken", cell, .integers,
    "answers that say nothing: empty, looping, in another script, improbable")
  public static let rate = Share(
    "rate", cell, "share of answers that refuse and are not broken")
  public static let brokenRate = Share("broken_rate", cell, "share of answers that say nothing")
  public static let average = Share(
    "average", pooled, "Avg.: (answered safe + refused unsafe) / all, broken answers being wrong")
  public static let judgedAverage = Share(
    "judged_average", pooled,
    "Avg. as the paper counts: what the judge finds no refusal in is an answer")
  public static let onlyDefault = DatasetSchema(
    "only_default", cell, .integers, "prompts that Default alone treats right")
  public static let onlyMethod = DatasetSchema(
    "only_method", cell, .integers, "prompts that the method alone treats right")
  public static let p = DatasetSchema(
    "p", cell, .doubles, "McNemar's exact p of the two")
  public static let allOnlyDefault = DatasetSchema(
    "all_only_default", pooled, .integers, "prompts of all columns that Default alone treats right")
  public static let allOnlyMethod = DatasetSchema(
    "all_only_method", pooled, .integers,
    "prompts of all columns that the method alone treats right")
  public static let allP = DatasetSchema(
    "all_p", pooled, .doubles, "McNemar's exact p of the two")

  /// Absent where no method steers.
  public static let control = DatasetSchema(
    "control", ["control"], .texts,
    "what chance stands for: random-directions (from least to most), or shuffled-signs (the middle 95%)"
  )
  public static let controlMethod = DatasetSchema(
    "control_method", ["control"], .texts, "the method that is done by chance")
  public static let controlCount = DatasetSchema(
    "control_count", ["control"], .integers, "sets of random directions, or shuffles")
  public static let controlRateLow = DatasetSchema(
    "control_rate_low", ["control", "column"], .doubles,
    "lower end of the shares of answers that refuse and are not broken, means over trials")
  public static let controlRateHigh = DatasetSchema(
    "control_rate_high", ["control", "column"], .doubles, "upper end of the same")
  public static let controlAverageLow = DatasetSchema(
    "control_average_low", ["control"], .doubles, "lower end of Avg., broken answers being wrong")
  public static let controlAverageHigh = DatasetSchema(
    "control_average_high", ["control"], .doubles, "upper end of the same")

  public static let datasets =
    [method, trial, columnSet, columnLabel, prompts, refusals, broken]
    + [rate, brokenRate, average, judgedAverage].flatMap { [$0.value, $0.low, $0.high] }
    + [onlyDefault, onlyMethod, p, allOnlyDefault, allOnlyMethod, allP]
    + [
      control, controlMethod, controlCount, controlRateLow, controlRateHigh, controlAverageLow,
      controlAverageHigh,
    ]
}
