import ActivationStore
import Analysis

/// What `workbench steer` prints.
struct SteeringTables {
  static let csvHeader = [
    "id", "label", "prompt", "score", "sigma", "unsteered", "unsteered_refused",
    "unsteered_defect", "steered", "steered_refused", "steered_defect",
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
        }
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
  let layers: [Int]
  let profile: String
  let threshold: Double?
  let answers: [Row]
}
