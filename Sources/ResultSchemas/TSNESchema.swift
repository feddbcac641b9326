/// The group `tsne`: layouts of hidden states, layer by layer.
///
/// Attributes: `of` (`transition`, `query-end` or `last`), `perplexity`, `metric`, `seed`,
/// `permutations`, `safe_label`, `unsafe_label`, `n_labelled`, `source`, and `model_*`. Without
/// prompts of both labels the datasets about labels are absent.
public enum TSNESchema: GroupSchema {
  public static let group = "tsne"

  public static let layer = DatasetSchema(
    "layer", ["layer"], .integers, "block, counted from 0")
  public static let prompt = DatasetSchema.promptID
  public static let promptLabel = DatasetSchema.promptLabel
  public static let promptText = DatasetSchema.promptText
  public static let embedding = DatasetSchema(
    "embedding", ["layer", "prompt", "component"], .doubles, "place of the prompt in the layout")

  /// A figure of every layer.
  public struct Measure: Hashable, Sendable {
    public let value: DatasetSchema
    /// The mean over permuted labels, and their 95 % quantile; for figures of labels.
    public let permuted, permutedHigh: DatasetSchema?

    fileprivate init(_ name: String, ofLabels: Bool, _ meaning: String, unit: String = "1") {
      func schema(_ suffix: String, _ meaning: String) -> DatasetSchema {
        DatasetSchema(name + suffix, ["layer"], .doubles, meaning, unit: unit)
      }
      value = schema("", meaning)
      permuted = ofLabels ? schema("_permuted", "its mean over permuted labels") : nil
      permutedHigh =
        ofLabels ? schema("_permuted_high", "its 95% quantile over permuted labels") : nil
    }
  }

  public static let kl = Measure(
    "kl", ofLabels: false, "KL(P || Q) of the layout", unit: "nats")
  public static let trustworthiness = Measure(
    "trustworthiness", ofLabels: false, "trustworthiness of the 5 nearest in the layout")
  public static let silhouette = Measure(
    "silhouette", ofLabels: true, "silhouette of the labels in the layout")
  public static let knnAccuracy = Measure(
    "knn_accuracy", ofLabels: true, "accuracy of the 5 nearest's labels in the layout")
  public static let probeAUC = Measure(
    "probe_auc", ofLabels: true, "ROC-AUC of a linear probe on the states, held-out folds")

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
