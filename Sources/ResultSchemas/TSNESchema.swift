/// The group `tsne`: layouts of hidden states, layer by layer.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `layer` | layer | int64 | blocks, counted from 0 |
/// | `prompt`, `prompt_label`, `prompt_text` | prompt | UTF-8 | the prompts as given |
/// | `embedding` | layer, prompt, component | float64 | the layouts |
/// | `kl` | layer | float64 | KL(P \|\| Q) of the layout, in nats |
/// | `trustworthiness` | layer | float64 | of the 5 nearest in the layout |
/// | `silhouette`, `knn_accuracy` | layer | float64 | of the labels, in the layout |
/// | `probe_auc` | layer | float64 | of a linear probe on the states, held-out folds |
/// | `..._permuted`, `..._permuted_high` | layer | float64 | the mean and the 95 % quantile of the same over permutations of the labels |
///
/// Attributes: `of` (`transition`, `query-end` or `last`), `perplexity`, `metric`, `seed`,
/// `permutations`, `safe_label`, `unsafe_label`, `n_labelled`, `source`, and `model_*`. Without
/// prompts of both labels the datasets about labels are absent.
public enum TSNESchema: GroupSchema {
  public static let group = "tsne"

  public static let layer = DatasetSchema("layer", ["layer"], .integers)
  public static let prompt = DatasetSchema("prompt", ["prompt"], .texts)
  public static let promptLabel = DatasetSchema("prompt_label", ["prompt"], .texts)
  public static let promptText = DatasetSchema("prompt_text", ["prompt"], .texts)
  public static let embedding = DatasetSchema(
    "embedding", ["layer", "prompt", "component"], .doubles)

  /// A figure of every layer.
  public struct Measure: Hashable, Sendable {
    public let value: DatasetSchema
    /// The mean over permuted labels, and their 95 % quantile; for figures of labels.
    public let permuted, permutedHigh: DatasetSchema?

    fileprivate init(_ name: String, ofLabels: Bool) {
      func schema(_ suffix: String) -> DatasetSchema {
        DatasetSchema(name + suffix, ["layer"], .doubles)
      }
      value = schema("")
      permuted = ofLabels ? schema("_permuted") : nil
      permutedHigh = ofLabels ? schema("_permuted_high") : nil
    }
  }

  public static let kl = Measure("kl", ofLabels: false)
  public static let trustworthiness = Measure("trustworthiness", ofLabels: false)
  public static let silhouette = Measure("silhouette", ofLabels: true)
  public static let knnAccuracy = Measure("knn_accuracy", ofLabels: true)
  public static let probeAUC = Measure("probe_auc", ofLabels: true)

  public static let datasets =
    [layer, prompt, promptLabel, promptText, embedding]
    + [kl, trustworthiness, silhouette, knnAccuracy, probeAUC].flatMap {
      [$0.value, $0.permuted, $0.permutedHigh].compactMap { $0 }
    }

  /// What was embedded: `transition`, `query-end` or `last`.
  public static let of = "of"
  public static let perplexity = "perplexity"
  public static let metric = "metric"
  public static let seed = "seed"
}
