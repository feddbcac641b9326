/// The group `ablation`: a sweep of interventions over windows of layers.
///
/// Attributes: `surprisal_bound` (nats, beyond which an answer is broken), `baseline_perplexity`, `vectors` (the file), `model_*`, and the settings by name, which
/// a run that goes on must have in common with it.
public enum AblationSchema: GroupSchema {
  public static let group = "ablation"

  public static let mode = DatasetSchema(
    "mode", ["point"], .texts, "intervention: steer, zero, mean, skip or project-out")
  public static let firstLayer = DatasetSchema(
    "first_layer", ["point"], .integers, "first block of the window, counted from 0")
  public static let lastLayer = DatasetSchema(
    "last_layer", ["point"], .integers, "last block of the window")
  public static let alpha = DatasetSchema(
    "alpha", ["point"], .doubles, "strength of the steering; 0 in other modes")
  public static let alphaUnit = DatasetSchema(
    "alpha_unit", ["point"], .texts,
    "what alpha counts: vector, or residual-norm for lengths of the residual stream")
  public static let addedShare = DatasetSchema(
    "added_share", ["point"], .doubles,
    "length of what is added, as a share of the residual stream's, in the layer where it is largest; "
      + "NaN where unknown")
  public static let control = DatasetSchema(
    "control", ["point"], .integers,
    "which random directions stand for the vectors, from 1; 0 for the vectors themselves")
  public static let sign = DatasetSchema(
    "sign", ["point"], .integers, "sign of the steering; 0 in other modes")
  public static let done = DatasetSchema(
    "done", ["point"], .truths, "whether the point was measured; else its numbers are NaN")
  public static let refusalLogOdds = DatasetSchema(
    "refusal_log_odds", ["point", "label"], .doubles,
    "mean log odds of refusing over the label's prompts", unit: "nats")
  public static let kl = DatasetSchema(
    "kl", ["point", "label"], .doubles, "mean KL(unablated, ablated) at the first answer token",
    unit: "nats")
  public static let refusalRate = DatasetSchema(
    "refusal_rate", ["point", "label"], .doubles,
    "share of generated answers that refuse and are not broken")
  public static let brokenRate = DatasetSchema(
    "broken_rate", ["point", "label"], .doubles,
    "share of generated answers that say nothing: empty, looping, in another script, improbable")
  public static let perplexity = DatasetSchema(
    "perplexity", ["point"], .doubles, "perplexity of the text")
  public static let label = DatasetSchema(
    "label", ["label"], .texts, "label")
  public static let labelCount = DatasetSchema(
    "label_count", ["label"], .integers, "prompts with the label")
  public static let prompt = DatasetSchema.promptID
  public static let promptLabel = DatasetSchema.promptLabel
  public static let promptText = DatasetSchema.promptText
  /// Absent where no prompt is the last turn of a chat.
  public static let promptEarlier = DatasetSchema(
    "prompt_earlier", ["prompt"], .texts, "turns before the prompt, as JSON")
  public static let promptLogOdds = DatasetSchema(
    "prompt_log_odds", ["point", "prompt"], .doubles, "log odds of refusing", unit: "nats")
  public static let promptKL = DatasetSchema(
    "prompt_kl", ["point", "prompt"], .doubles, "KL(unablated, ablated) at the first answer token",
    unit: "nats")
  public static let promptRefused = DatasetSchema(
    "prompt_refused", ["point", "prompt"], .integers,
    "1 where the judge finds a refusal in the answer, -1 where there is none", missing: -1)
  public static let promptDefect = DatasetSchema(
    "prompt_defect", ["point", "prompt"], .texts,
    "what makes the answer broken: empty, loop, script or improbable")
  public static let promptSurprisal = DatasetSchema(
    "prompt_surprisal", ["point", "prompt"], .doubles,
    "mean -log p of the answer's tokens for the unablated model; NaN of refusals and broken answers",
    unit: "nats")
  public static let promptAnswer = DatasetSchema(
    "prompt_answer", ["point", "prompt"], .texts, "the answer")
  public static let baselineLogOdds = DatasetSchema(
    "baseline_log_odds", ["prompt"], .doubles, "log odds of refusing of the unablated model",
    unit: "nats")
  public static let baselineRefused = DatasetSchema(
    "baseline_refused", ["prompt"], .truths,
    "whether the judge finds a refusal in the unablated model's answer")
  public static let baselineDefect = DatasetSchema(
    "baseline_defect", ["prompt"], .texts,
    "what makes the unablated model's answer broken: empty, loop, script or improbable")
  public static let baselineSurprisal = DatasetSchema(
    "baseline_surprisal", ["prompt"], .doubles,
    "mean -log p of the unablated model's answer; NaN of refusals and broken answers", unit: "nats")
  public static let baselineAnswer = DatasetSchema(
    "baseline_answer", ["prompt"], .texts, "the unablated model's answer")
  public static let refusalToken = DatasetSchema(
    "refusal_token", ["refusal_token"], .integers, "token that begins a refusal")
  public static let refusalTokenText = DatasetSchema(
    "refusal_token_text", ["refusal_token"], .texts, "the token's text")

  public static let datasets = [
    mode, firstLayer, lastLayer, alpha, alphaUnit, addedShare, control, sign, done, refusalLogOdds,
    kl, refusalRate, brokenRate,
    perplexity, label, labelCount, prompt, promptLabel, promptText, promptEarlier, promptLogOdds,
    promptKL,
    promptRefused, promptDefect, promptSurprisal, promptAnswer, baselineLogOdds, baselineRefused,
    baselineDefect, baselineSurprisal, baselineAnswer, refusalToken, refusalTokenText,
  ]

  public static let baselinePerplexity = "baseline_perplexity"
  public static let vectors = "vectors"
  public static let surprisalBound = "surprisal_bound"
}
