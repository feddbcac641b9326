/// The group `vectors`: refusal directions, and d_harm.
///
/// Attributes: `kind`, `unit` (0 or 1), `sign`, `position`, `hook`, `n_unsafe`, `n_safe`, `seed`
/// (absent where all prompts are anchors), `source`, and `model_*` where the model is known.
public enum VectorsSchema: GroupSchema {
  public static let group = "vectors"

  public static let refusal = DatasetSchema(
    "refusal", ["layer", "d_model"], .floats,
    "refusal direction v_r, as it is added to the residual stream")
  public static let norm = DatasetSchema(
    "norm", ["layer"], .doubles, "L2 norm of v_r before any division")
  public static let residualNorm = DatasetSchema(
    "residual_norm", ["layer"], .doubles,
    "mean L2 norm of the residual stream over the anchors, where v_r was read")
  public static let harm = DatasetSchema(
    "harm", ["layer", "d_model"], .floats, "d_harm, not normalised")
  public static let layer = DatasetSchema(
    "layer", ["layer"], .integers, "block of each vector, counted from 0")
  public static let anchorID = DatasetSchema(
    "anchor_id", ["anchor"], .texts, "id of the anchor")
  public static let anchorDigest = DatasetSchema(
    "anchor_text_sha256", ["anchor"], .texts,
    "SHA-256 of the anchor's text in lower case, without white space around it")
  public static let anchorLabel = DatasetSchema(
    "anchor_label", ["anchor"], .texts, "unsafe or safe")
  public static let anchorCosine = DatasetSchema(
    "anchor_cosine", ["anchor", "layer"], .doubles,
    "cosine of the anchor's transition a_t with d_harm, leave-one-out if unsafe")

  public static let probe = DatasetSchema(
    "probe", ["probe"], .texts,
    "what a linear classifier of the anchors' states reads: transition or query-end")
  public static let probeLayer = DatasetSchema(
    "probe_layer", ["probe"], .integers, "block of its states, counted from 0")
  public static let probePenalty = DatasetSchema(
    "probe_penalty", ["probe"], .doubles, "penalty of its ridge regression")
  public static let probeWeight = DatasetSchema(
    "probe_weight", ["probe", "d_model"], .doubles,
    "its weights; a prompt's score is their product with its state, plus the bias")
  public static let probeBias = DatasetSchema("probe_bias", ["probe"], .doubles, "its bias")
  public static let probeAUC = DatasetSchema(
    "probe_roc_auc", ["probe", "layer"], .doubles,
    "area under the ROC curve of anchors, each scored by a probe made without it")
  public static let anchorProbeScore = DatasetSchema(
    "anchor_probe_score", ["probe", "anchor"], .doubles,
    "score of the anchor by a probe made without it")

  public static let datasets = [
    refusal, norm, residualNorm, harm, layer, anchorID, anchorDigest, anchorLabel, anchorCosine,
    probe, probeLayer, probePenalty, probeWeight, probeBias, probeAUC, anchorProbeScore,
  ]
}
