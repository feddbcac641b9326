/// The group `ablation`: a sweep of interventions over windows of layers.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `mode` | point | UTF-8 | steer, zero, mean, skip or project-out |
/// | `first_layer`, `last_layer` | point | int64 | the window, from 0 |
/// | `alpha`, `sign` | point | float64, int64 | of steering; 0 in other modes |
/// | `done` | point | int64 | 1 where the point was measured; else its numbers are NaN |
/// | `refusal_log_odds` | point, label | float64 | mean over the label's prompts, nats |
/// | `kl` | point, label | float64 | mean KL(unablated, ablated) at the first answer token, nats |
/// | `refusal_rate` | point, label | float64 | of generated answers; absent without them |
/// | `perplexity` | point | float64 | of the text; absent without one |
/// | `label`, `label_count` | label | UTF-8, int64 | the labels, and their prompts |
/// | `prompt`, `prompt_label`, `prompt_text` | prompt | UTF-8 | |
/// | `prompt_log_odds`, `prompt_kl` | point, prompt | float64 | |
/// | `prompt_refused`, `prompt_answer` | point, prompt | int64, UTF-8 | absent without answers |
/// | `baseline_log_odds` | prompt | float64 | of the unablated model |
/// | `baseline_refused`, `baseline_answer` | prompt | int64, UTF-8 | absent without answers |
/// | `refusal_token`, `refusal_token_text` | refusal_token | int64, UTF-8 | |
///
/// Attributes: `baseline_perplexity`, `vectors` (the file), `model_*`, and the settings by name, which
/// a run that goes on must have in common with it.
public enum AblationSchema: GroupSchema {
  public static let group = "ablation"

  public static let mode = DatasetSchema("mode", ["point"], .texts)
  public static let firstLayer = DatasetSchema("first_layer", ["point"], .integers)
  public static let lastLayer = DatasetSchema("last_layer", ["point"], .integers)
  public static let alpha = DatasetSchema("alpha", ["point"], .doubles)
  public static let sign = DatasetSchema("sign", ["point"], .integers)
  public static let done = DatasetSchema("done", ["point"], .integers)
  public static let refusalLogOdds = DatasetSchema(
    "refusal_log_odds", ["point", "label"], .doubles)
  public static let kl = DatasetSchema("kl", ["point", "label"], .doubles)
  public static let refusalRate = DatasetSchema("refusal_rate", ["point", "label"], .doubles)
  public static let perplexity = DatasetSchema("perplexity", ["point"], .doubles)
  public static let label = DatasetSchema("label", ["label"], .texts)
  public static let labelCount = DatasetSchema("label_count", ["label"], .integers)
  public static let prompt = DatasetSchema("prompt", ["prompt"], .texts)
  public static let promptLabel = DatasetSchema("prompt_label", ["prompt"], .texts)
  public static let promptText = DatasetSchema("prompt_text", ["prompt"], .texts)
  public static let promptLogOdds = DatasetSchema("prompt_log_odds", ["point", "prompt"], .doubles)
  public static let promptKL = DatasetSchema("prompt_kl", ["point", "prompt"], .doubles)
  public static let promptRefused = DatasetSchema("prompt_refused", ["point", "prompt"], .integers)
  public static let promptAnswer = DatasetSchema("prompt_answer", ["point", "prompt"], .texts)
  public static let baselineLogOdds = DatasetSchema("baseline_log_odds", ["prompt"], .doubles)
  public static let baselineRefused = DatasetSchema("baseline_refused", ["prompt"], .integers)
  public static let baselineAnswer = DatasetSchema("baseline_answer", ["prompt"], .texts)
  public static let refusalToken = DatasetSchema("refusal_token", ["refusal_token"], .integers)
  public static let refusalTokenText = DatasetSchema(
    "refusal_token_text", ["refusal_token"], .texts)

  public static let datasets = [
    mode, firstLayer, lastLayer, alpha, sign, done, refusalLogOdds, kl, refusalRate, perplexity,
    label, labelCount, prompt, promptLabel, promptText, promptLogOdds, promptKL, promptRefused,
    promptAnswer, baselineLogOdds, baselineRefused, baselineAnswer, refusalToken, refusalTokenText,
  ]

  public static let baselinePerplexity = "baseline_perplexity"
  public static let vectors = "vectors"
}
