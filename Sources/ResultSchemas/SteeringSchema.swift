/// The group `steering`: prompts answered as the model is, and steered.
///
/// Attributes: `alpha`, `unit`, `layers`, `profile`, `vectors`, with scores `threshold` and
/// `classifier_layers`, and `model_*`.
public enum SteeringSchema: GroupSchema {
  public static let group = "steering"

  public static let prompt = DatasetSchema.promptID
  public static let promptLabel = DatasetSchema.promptLabel
  public static let promptText = DatasetSchema.promptText
  public static let unsteered = DatasetSchema(
    "unsteered", ["prompt"], .texts, "answer of the model as it is")
  public static let steered = DatasetSchema(
    "steered", ["prompt"], .texts, "answer of the steered model")
  public static let unsteeredRefused = DatasetSchema(
    "unsteered_refused", ["prompt"], .truths, "whether the unsteered answer refuses")
  public static let steeredRefused = DatasetSchema(
    "steered_refused", ["prompt"], .truths, "whether the steered answer refuses")
  public static let sigma = DatasetSchema(
    "sigma", ["prompt"], .integers, "sign of the steering")
  public static let score = DatasetSchema(
    "score", ["prompt"], .doubles, "s_q, the mean of the cosines over the layer set L")

  public static let datasets = [
    prompt, promptLabel, promptText, unsteered, steered, unsteeredRefused, steeredRefused, sigma,
    score,
  ]

  public static let alpha = "alpha"
}
