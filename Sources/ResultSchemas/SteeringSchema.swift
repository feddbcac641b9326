/// The group `steering`: prompts answered as the model is, and steered.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `prompt`, `prompt_label`, `prompt_text` | prompt | UTF-8 | |
/// | `unsteered`, `steered` | prompt | UTF-8 | the answers |
/// | `unsteered_refused`, `steered_refused` | prompt | int64 | 1 where the answer refuses |
/// | `sigma` | prompt | int64 | the sign of the steering |
/// | `score` | prompt | float64 | s_q; absent where sigma does not come from it |
///
/// Attributes: `alpha`, `unit`, `layers`, `profile`, `vectors`, with scores `threshold` and
/// `classifier_layers`, and `model_*`.
public enum SteeringSchema: GroupSchema {
  public static let group = "steering"

  public static let prompt = DatasetSchema("prompt", ["prompt"], .texts)
  public static let promptLabel = DatasetSchema("prompt_label", ["prompt"], .texts)
  public static let promptText = DatasetSchema("prompt_text", ["prompt"], .texts)
  public static let unsteered = DatasetSchema("unsteered", ["prompt"], .texts)
  public static let steered = DatasetSchema("steered", ["prompt"], .texts)
  public static let unsteeredRefused = DatasetSchema("unsteered_refused", ["prompt"], .integers)
  public static let steeredRefused = DatasetSchema("steered_refused", ["prompt"], .integers)
  public static let sigma = DatasetSchema("sigma", ["prompt"], .integers)
  public static let score = DatasetSchema("score", ["prompt"], .doubles)

  public static let datasets = [
    prompt, promptLabel, promptText, unsteered, steered, unsteeredRefused, steeredRefused, sigma,
    score,
  ]

  public static let alpha = "alpha"
}
