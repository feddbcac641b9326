/// The group `classifier`: s_q of prompts and what it decides.
///
/// Attributes: `classifier` (what s_q is: `cosine`, or a probe's score), `threshold`, `anchor_accuracy` (where the threshold comes from the anchors),
/// `safe_label`, `unsafe_label`, `source` and `vectors` (files), and with labels of both classes
/// `sample` (what the figures are over: `held-out`, prompts that are no anchors; `in-sample`, anchors;
/// `unknown` where the vectors do not say), `n_safe`, `n_unsafe`, `resamples`, `seed`, `confidence` and the figures of the classifier by name
/// (`roc_auc`, ...), their intervals as `<name>_low` and `<name>_high`; what is not defined is absent.
public enum ClassifierSchema: GroupSchema {
  public static let group = "classifier"

  public static let prompt = DatasetSchema.promptID
  public static let promptLabel = DatasetSchema.promptLabel
  /// Absent where the vectors do not say from what texts they were made.
  public static let isAnchor = DatasetSchema(
    "is_anchor", ["prompt"], .truths, "whether the vectors were made from the prompt")
  public static let score = DatasetSchema(
    "score", ["prompt"], .doubles,
    "s_q: the mean of the cosines over the layer set L, or a probe's score")
  public static let sigma = DatasetSchema(
    "sigma", ["prompt"], .integers, "sign of the steering: +1 where s_q >= T (unsafe), else -1")
  public static let cosine = DatasetSchema(
    "cosine", ["prompt", "layer"], .doubles, "cosine of the prompt's transition a_t with d_harm")
  public static let layer = DatasetSchema(
    "layer", ["layer"], .integers, "block, counted from 0; all of the layer set L")
  public static let label = DatasetSchema(
    "label", ["label"], .texts, "label")
  public static let labelCount = DatasetSchema(
    "label_count", ["label"], .integers, "prompts with the label")
  public static let labelCosine = DatasetSchema(
    "label_cosine", ["label", "layer"], .doubles, "mean cosine of the label's prompts")

  public static let datasets = [
    prompt, promptLabel, isAnchor, score, sigma, cosine, layer, label, labelCount, labelCosine,
  ]

  public static let classifier = "classifier"
  public static let threshold = "threshold"
  public static let sample = "sample"
  public static let rocAUC = "roc_auc"
}
