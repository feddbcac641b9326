import ActivationStore
import ResultSchemas

extension SteeredAnswers {
  public static let groupName = SteeringSchema.group

  public static func group(
    _ answers: [SteeredAnswer], by rule: SteeringRule, model: StoredModel
  ) -> ResultGroup {
    func flags(_ isSet: (SteeredAnswer) -> Bool) -> ResultDataset.Values {
      .truths(answers.map(isSet))
    }
    var datasets = [
      SteeringSchema.prompt.column(.texts(answers.map(\.id))),
      SteeringSchema.promptLabel.column(.texts(answers.map(\.label))),
      SteeringSchema.promptText.column(.texts(answers.map(\.prompt))),
      SteeringSchema.unsteered.column(.texts(answers.map(\.unsteered.text))),
      SteeringSchema.steered.column(.texts(answers.map(\.steered.text))),
      SteeringSchema.unsteeredRefused.column(flags(\.unsteered.isRefusal)),
      SteeringSchema.steeredRefused.column(flags(\.steered.isRefusal)),
      SteeringSchema.unsteeredDefect.column(.texts(answers.map(\.unsteered.defectName))),
      SteeringSchema.steeredDefect.column(.texts(answers.map(\.steered.defectName))),
      SteeringSchema.unsteeredSurprisal.column(
        .doubles(answers.map { $0.unsteered.surprisal ?? .nan })),
      SteeringSchema.steeredSurprisal.column(
        .doubles(answers.map { $0.steered.surprisal ?? .nan })),
      SteeringSchema.sigma.column(.integers(answers.map(\.sigma))),
      SteeringSchema.kl.column(.doubles(answers.map(\.divergence))),
      SteeringSchema.steeredLayer.column(.integers(rule.addition.layers)),
    ]
    if let shares = rule.addition.shares {
      datasets.append(SteeringSchema.addedShare.column(.doubles(shares)))
    }
    let scores = answers.compactMap(\.score)
    if scores.count == answers.count {
      datasets.append(SteeringSchema.score.column(.doubles(scores)))
    }
    var attributes = rule.attributes
    attributes[SteeringSchema.surprisalBound] = SurprisalBound(
      unsteered: answers.map(\.unsteered)
    ).map { .number($0.nats) }
    return ResultGroup(
      name: groupName, attributes: attributes.merging(model.attributes) { own, _ in own },
      datasets: datasets)
  }
}
