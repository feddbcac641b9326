/// The group `classifier`: s_q of prompts and what it decides.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `prompt` | prompt | UTF-8 | ids |
/// | `prompt_label` | prompt | UTF-8 | labels as given |
/// | `score` | prompt | float64 | s_q |
/// | `sigma` | prompt | int64 | +1 where s_q >= T (unsafe), else -1 |
/// | `cosine` | prompt, layer | float64 | cos(a_t, d_harm) |
/// | `layer` | layer | int64 | the layer set L |
/// | `label` | label | UTF-8 | the different labels |
/// | `label_count` | label | int64 | prompts with it |
/// | `label_cosine` | label, layer | float64 | their mean cosine |
///
/// Attributes: `threshold`, `anchor_accuracy` (where the threshold comes from the anchors),
/// `safe_label`, `unsafe_label`, `source` and `vectors` (files), and with labels of both classes
/// `n_safe`, `n_unsafe`, `resamples`, `seed`, `confidence` and the figures of the classifier by name
/// (`roc_auc`, ...), their intervals as `<name>_low` and `<name>_high`; what is not defined is absent.
public enum ClassifierSchema: GroupSchema {
  public static let group = "classifier"

  public static let prompt = DatasetSchema("prompt", ["prompt"], .texts)
  public static let promptLabel = DatasetSchema("prompt_label", ["prompt"], .texts)
  public static let score = DatasetSchema("score", ["prompt"], .doubles)
  public static let sigma = DatasetSchema("sigma", ["prompt"], .integers)
  public static let cosine = DatasetSchema("cosine", ["prompt", "layer"], .doubles)
  public static let layer = DatasetSchema("layer", ["layer"], .integers)
  public static let label = DatasetSchema("label", ["label"], .texts)
  public static let labelCount = DatasetSchema("label_count", ["label"], .integers)
  public static let labelCosine = DatasetSchema("label_cosine", ["label", "layer"], .doubles)

  public static let datasets = [
    prompt, promptLabel, score, sigma, cosine, layer, label, labelCount, labelCosine,
  ]

  public static let threshold = "threshold"
  public static let rocAUC = "roc_auc"
}
