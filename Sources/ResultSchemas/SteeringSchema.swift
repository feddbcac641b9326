/// The group `steering`: prompts answered as the model is, and steered.
///
/// Attributes: `surprisal_bound` (nats, beyond which an answer is broken), `alpha`, `alpha_unit`
/// (`vector` or `residual-norm`, absent in files of earlier versions: `vector`), `unit`, `layers`, `profile`, `vectors`, with scores `threshold` and
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
    "unsteered_refused", ["prompt"], .truths,
    "whether the judge finds a refusal in the unsteered answer")
  public static let steeredRefused = DatasetSchema(
    "steered_refused", ["prompt"], .truths,
    "whether the judge finds a refusal in the steered answer")
  public static let unsteeredDefect = DatasetSchema(
    "unsteered_defect", ["prompt"], .texts,
    "what makes the unsteered answer broken: empty, loop, script or improbable")
  public static let steeredDefect = DatasetSchema(
    "steered_defect", ["prompt"], .texts,
    "what makes the steered answer broken: empty, loop, script or improbable")
  public static let unsteeredSurprisal = DatasetSchema(
    "unsteered_surprisal", ["prompt"], .doubles,
    "mean -log p of the unsteered answer for the model as it is; NaN of refusals and broken answers",
    unit: "nats")
  public static let steeredSurprisal = DatasetSchema(
    "steered_surprisal", ["prompt"], .doubles,
    "mean -log p of the steered answer for the model as it is; NaN of refusals and broken answers",
    unit: "nats")
  public static let sigma = DatasetSchema(
    "sigma", ["prompt"], .integers, "sign of the steering")
  public static let kl = DatasetSchema(
    "kl", ["prompt"], .doubles,
    "mean KL(unsteered, steered) over the first 16 tokens of the unsteered answer", unit: "nats")
  public static let steeredLayer = DatasetSchema(
    "steered_layer", ["steered_layer"], .integers, "steered block, counted from 0")
  public static let addedShare = DatasetSchema(
    "added_share", ["steered_layer"], .doubles,
    "length of what is added, as a share of the residual stream's at the query end")
  public static let score = DatasetSchema(
    "score", ["prompt"], .doubles, "s_q, the mean of the cosines over the layer set L")

  public static let datasets = [
    prompt, promptLabel, promptText, unsteered, steered, unsteeredRefused, steeredRefused,
    unsteeredDefect, steeredDefect, unsteeredSurprisal, steeredSurprisal, sigma, kl, steeredLayer,
    addedShare, score,
  ]

  public static let alpha = "alpha"
  public static let alphaUnit = "alpha_unit"
  public static let surprisalBound = "surprisal_bound"
}
