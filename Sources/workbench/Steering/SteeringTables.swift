import ActivationStore
import Analysis

/// What `workbench steer` prints.
struct SteeringTables {
  static let csvHeader = [
    "id", "label", "prompt", "score", "sigma", "unsteered", "unsteered_refused",
    "unsteered_defect", "steered", "steered_refused", "steered_defect", "kl",
  ]

  let answers: [SteeredAnswer]
  let rule: SteeringRule
  let model: StoredModel

  var csvRows: [[String]] {
    answers.map { answer in
      [
        answer.id, answer.label, answer.prompt, answer.score.map { "\($0)" } ?? "",
        "\(answer.sigma)",
      ]
        + [answer.unsteered, answer.steered].flatMap {
          [$0.text, $0.isRefusal ? "1" : "0", $0.defectName]
        } + ["\(answer.divergence)"]
    }
  }

  var json: SteeringJSON {
    SteeringJSON(
      alpha: rule.addition.alpha.value, alphaUnit: rule.addition.alpha.unit,
      layers: rule.addition.layers, addedShares: rule.addition.shares,
      profile: rule.profile.rawValue, threshold: rule.classifier?.threshold,
      answers: answers.map(SteeringJSON.Row.init))
  }
}

/// The answers as JSON.
struct SteeringJSON: Encodable {
  struct Row: Encodable {
    let id: String
    let label: String
    let prompt: String
    let score: Double?
    let sigma: Int
    let unsteered: AnswerJSON
    let steered: AnswerJSON
    /// KL(unsteered || steered) along the unsteered answer, in nats per token.
    let divergence: Double

    init(_ answer: SteeredAnswer) {
      id = answer.id
      label = answer.label
      prompt = answer.prompt
      score = answer.score
      sigma = answer.sigma
      unsteered = AnswerJSON(answer.unsteered)
      steered = AnswerJSON(answer.steered)
      divergence = answer.divergence
    }
  }

  struct AnswerJSON: Encodable {
    let text: String
    let tokens: Int
    let end: JudgedAnswer.End
    let refusal: Bool
    let defect: AnswerDefect?
    let surprisal: Double?

    init(_ answer: JudgedAnswer) {
      text = answer.text
      tokens = answer.tokenCount
      end = answer.end
      refusal = answer.isRefusal
      defect = answer.defect
      surprisal = answer.surprisal
    }
  }

  let alpha: Double
  let alphaUnit: Strength.Unit
  let layers: [Int]
  /// [layer]: |alpha v| / |x|.
  let addedShares: [Double]?
  let profile: String
  let threshold: Double?
  let answers: [Row]
}
