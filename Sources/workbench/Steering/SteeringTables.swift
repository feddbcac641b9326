import ActivationStore
import Analysis

/// What `workbench steer` prints.
struct SteeringTables {
  static let csvHeader = [
    "id", "label", "prompt", "score", "sigma", "unsteered", "unsteered_refused", "steered",
    "steered_refused",
  ]

  let answers: [SteeredAnswer]
  let rule: SteeringRule
  let model: StoredModel

  var csvRows: [[String]] {
    answers.map { answer in
      [
        answer.id, answer.label, answer.prompt, answer.score.map { "\($0)" } ?? "",
        "\(answer.sigma)", answer.unsteered.text, answer.unsteered.isRefusal ? "1" : "0",
        answer.steered.text, answer.steered.isRefusal ? "1" : "0",
      ]
    }
  }

  var json: SteeringJSON {
    SteeringJSON(
      alpha: rule.addition.alpha, layers: rule.addition.layers, profile: rule.profile.rawValue,
      threshold: rule.classifier?.threshold, answers: answers.map(SteeringJSON.Row.init))
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

    init(_ answer: SteeredAnswer) {
      id = answer.id
      label = answer.label
      prompt = answer.prompt
      score = answer.score
      sigma = answer.sigma
      unsteered = AnswerJSON(answer.unsteered)
      steered = AnswerJSON(answer.steered)
    }
  }

  struct AnswerJSON: Encodable {
    let text: String
    let tokens: Int
    let end: JudgedAnswer.End
    let refusal: Bool

    init(_ answer: JudgedAnswer) {
      text = answer.text
      tokens = answer.tokenCount
      end = answer.end
      refusal = answer.isRefusal
    }
  }

  let alpha: Double
  let layers: [Int]
  let profile: String
  let threshold: Double?
  let answers: [Row]
}
