/// The group `vectors`: refusal directions, and d_harm.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `refusal` | layer, d_model | float32 | v_r as it is added to the residual stream |
/// | `norm` | layer | float64 | its L2 norm before any division |
/// | `harm` | layer, d_model | float32 | d_harm, not normalised; absent without responses |
/// | `layer` | layer | int64 | the block of each vector, from 0 |
/// | `anchor_id`, `anchor_label` | anchor | UTF-8 | the prompts; `unsafe` or `safe` |
/// | `anchor_cosine` | anchor, layer | float64 | cosine of a_t with d_harm, leave-one-out if unsafe |
///
/// Attributes: `kind`, `unit` (0 or 1), `sign`, `position`, `hook`, `n_unsafe`, `n_safe`, `seed`
/// (absent where all prompts are anchors), `source`, and `model_*` where the model is known.
public enum VectorsSchema: GroupSchema {
  public static let group = "vectors"

  public static let refusal = DatasetSchema("refusal", ["layer", "d_model"], .floats)
  public static let norm = DatasetSchema("norm", ["layer"], .doubles)
  public static let harm = DatasetSchema("harm", ["layer", "d_model"], .floats)
  public static let layer = DatasetSchema("layer", ["layer"], .integers)
  public static let anchorID = DatasetSchema("anchor_id", ["anchor"], .texts)
  public static let anchorLabel = DatasetSchema("anchor_label", ["anchor"], .texts)
  public static let anchorCosine = DatasetSchema("anchor_cosine", ["anchor", "layer"], .doubles)

  public static let datasets = [
    refusal, norm, harm, layer, anchorID, anchorLabel, anchorCosine,
  ]
}
