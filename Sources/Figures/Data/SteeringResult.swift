import ActivationStore
import ResultSchemas

/// Prompts answered with and without steering, from the group `/steering`.
struct SteeringResult {
  static let group = SteeringSchema.group

  let ids: [String]
  let labels: [String]
  let texts: [String]
  let unsteered: [String]
  let steered: [String]
  /// `AnswerCodes` per prompt.
  let unsteeredCodes: [Int]
  let steeredCodes: [Int]
  /// s_q per prompt; nil where the sign of the steering does not come from it.
  let scores: [Double]?
  /// The sign of the steering per prompt.
  let sigmas: [Int]
  /// The strength, with an n where it counts lengths of the residual stream.
  let alpha: String

  init(_ fields: ResultFields) throws(StoreError) {
    ids = try fields.texts(SteeringSchema.prompt)
    let sizes: AxisSizes = ["prompt": ids.count]
    labels = try fields.texts(SteeringSchema.promptLabel, sizes)
    texts = try fields.texts(SteeringSchema.promptText, sizes)
    unsteered = try fields.texts(SteeringSchema.unsteered, sizes)
    steered = try fields.texts(SteeringSchema.steered, sizes)
    unsteeredCodes = try AnswerCodes(
      fields, refused: SteeringSchema.unsteeredRefused, defect: SteeringSchema.unsteeredDefect,
      sizes
    ).codes
    steeredCodes = try AnswerCodes(
      fields, refused: SteeringSchema.steeredRefused, defect: SteeringSchema.steeredDefect, sizes
    ).codes
    scores =
      try fields.has(SteeringSchema.score) ? fields.doubles(SteeringSchema.score, sizes) : nil
    sigmas = try fields.integers(SteeringSchema.sigma, sizes)
    // Files of earlier versions have none.
    let unit =
      fields.has(attribute: SteeringSchema.alphaUnit)
      ? try fields.text(SteeringSchema.alphaUnit) : ""
    alpha =
      signed(try fields.number(SteeringSchema.alpha)).replacing("+", with: "")
      + (unit == "residual-norm" ? "n" : "")
  }
}
