import ActivationStore
import Analysis

/// What `workbench steer` prints and writes.
///
/// The group `steering` has the datasets `prompt` (ids), `prompt_label`, `prompt_text`, `unsteered`
/// and `steered` (the answers), `unsteered_refused` and `steered_refused` (0 or 1), `sigma`, and
/// `score` (s_q) where sigma comes from it, all `[prompt]`; the attributes `alpha`, `unit`, `layers`,
/// `profile`, `vectors`, `threshold` and `classifier_layers` (with scores), and `model_*`.
struct SteeringReport {
  static let groupName = "steering"
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

  var group: ResultGroup {
    func column(_ name: String, _ values: ResultDataset.Values) -> ResultDataset {
      ResultDataset(name: name, axes: ["prompt"], shape: [answers.count], values: values)
    }
    func flags(_ isSet: (SteeredAnswer) -> Bool) -> ResultDataset.Values {
      .integers(answers.map { isSet($0) ? 1 : 0 })
    }
    var datasets = [
      column("prompt", .texts(answers.map(\.id))),
      column("prompt_label", .texts(answers.map(\.label))),
      column("prompt_text", .texts(answers.map(\.prompt))),
      column("unsteered", .texts(answers.map(\.unsteered.text))),
      column("steered", .texts(answers.map(\.steered.text))),
      column("unsteered_refused", flags(\.unsteered.isRefusal)),
      column("steered_refused", flags(\.steered.isRefusal)),
      column("sigma", .integers(answers.map(\.sigma))),
    ]
    let scores = answers.compactMap(\.score)
    if scores.count == answers.count { datasets.append(column("score", .doubles(scores))) }
    return ResultGroup(
      name: Self.groupName,
      attributes: rule.attributes.merging(model.attributes) { own, _ in own },
      datasets: datasets)
  }

  var json: SteeringJSON {
    SteeringJSON(
      alpha: rule.policy.alpha, layers: rule.policy.layers, profile: rule.profile.rawValue,
      threshold: rule.classifier?.threshold, answers: answers.map(SteeringJSON.Row.init))
  }
}

/// The report as JSON.
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
