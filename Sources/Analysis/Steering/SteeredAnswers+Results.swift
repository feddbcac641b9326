import ActivationStore

/// The group `steering` of a results file.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `prompt`, `prompt_label`, `prompt_text` | prompt | UTF-8 | |
/// | `unsteered`, `steered` | prompt | UTF-8 | the answers |
/// | `unsteered_refused`, `steered_refused` | prompt | int64 | 1 where the answer refuses |
/// | `sigma` | prompt | int64 | the sign of the steering |
/// | `score` | prompt | float64 | s_q; absent where sigma does not come from it |
///
/// Attributes: those of the rule, and `model_*`.
extension SteeredAnswers {
  public static let groupName = "steering"

  public static func group(
    _ answers: [SteeredAnswer], by rule: SteeringRule, model: StoredModel
  ) -> ResultGroup {
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
      name: groupName, attributes: rule.attributes.merging(model.attributes) { own, _ in own },
      datasets: datasets)
  }
}
