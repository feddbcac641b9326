import ActivationStore

/// Prompts answered with and without steering, from the group `/steering`.
struct SteeringResult {
  static let group = "steering"

  let ids: [String]
  let labels: [String]
  let texts: [String]
  let unsteered: [String]
  let steered: [String]
  /// 0 or 1 per prompt.
  let unsteeredRefused: [Int]
  let steeredRefused: [Int]
  /// s_q per prompt; nil where the sign of the steering does not come from it.
  let scores: [Double]?
  /// The sign of the steering per prompt.
  let sigmas: [Int]
  let alpha: Double

  init(_ fields: ResultFields) throws(StoreError) {
    ids = try fields.texts("prompt")
    let shape = [ids.count]
    labels = try fields.texts("prompt_label", shape: shape)
    texts = try fields.texts("prompt_text", shape: shape)
    unsteered = try fields.texts("unsteered", shape: shape)
    steered = try fields.texts("steered", shape: shape)
    unsteeredRefused = try fields.integers("unsteered_refused", shape: shape)
    steeredRefused = try fields.integers("steered_refused", shape: shape)
    scores = try fields.has("score") ? fields.numbers("score", shape: shape) : nil
    sigmas = try fields.integers("sigma", shape: shape)
    alpha = try fields.number("alpha")
  }
}
