import ActivationStore
import Prompts

/// The group `ablation` of a results file.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `mode` | point | UTF-8 | steer, zero, mean, skip or project-out |
/// | `first_layer`, `last_layer` | point | int64 | the window, from 0 |
/// | `alpha`, `sign` | point | float64, int64 | of steering; 0 in other modes |
/// | `done` | point | int64 | 1 where the point was measured; else its numbers are NaN |
/// | `refusal_log_odds` | point, label | float64 | mean over the label's prompts, nats |
/// | `kl` | point, label | float64 | mean KL(unablated, ablated) at the first answer token, nats |
/// | `refusal_rate` | point, label | float64 | of generated answers; absent without them |
/// | `perplexity` | point | float64 | of the text; absent without one |
/// | `label`, `label_count` | label | UTF-8, int64 | the labels, and their prompts |
/// | `prompt`, `prompt_label`, `prompt_text` | prompt | UTF-8 | |
/// | `prompt_log_odds`, `prompt_kl` | point, prompt | float64 | |
/// | `prompt_refused`, `prompt_answer` | point, prompt | int64, UTF-8 | absent without answers |
/// | `baseline_log_odds` | prompt | float64 | of the unablated model |
/// | `baseline_refused`, `baseline_answer` | prompt | int64, UTF-8 | absent without answers |
/// | `refusal_token`, `refusal_token_text` | refusal_token | int64, UTF-8 | |
///
/// Attributes: `baseline_perplexity`, `vectors` (the file), `model_*`, and the settings by name.
extension Ablation {
  public static let groupName = "ablation"
  private static let ownAttributes: Set = ["baseline_perplexity", "vectors"]

  /// The result as a group; nil before the unablated model was measured.
  public func group(model: StoredModel, vectors: String?) -> ResultGroup? {
    guard let baseline else { return nil }
    var attributes = settings.mapValues { ResultValue.text($0) }
    attributes["baseline_perplexity"] = baseline.perplexity.map { .number($0) }
    attributes["vectors"] = vectors.map { .text($0) }
    return ResultGroup(
      name: Self.groupName,
      attributes: attributes.merging(model.attributes) { own, _ in own },
      datasets: pointDatasets + promptDatasets(baseline) + outcomeDatasets(baseline))
  }

  private var pointDatasets: [ResultDataset] {
    let axis = (axes: ["point"], shape: [points.count])
    func column(_ name: String, _ values: ResultDataset.Values) -> ResultDataset {
      ResultDataset(name: name, axes: axis.axes, shape: axis.shape, values: values)
    }
    return [
      column("mode", .texts(points.map(\.mode.rawValue))),
      column("first_layer", .integers(points.map(\.window.first))),
      column("last_layer", .integers(points.map(\.window.last))),
      column("alpha", .doubles(points.map(\.alpha))),
      column("sign", .integers(points.map(\.sign))),
      column("done", .integers(outcomes.map { $0 == nil ? 0 : 1 })),
    ]
  }

  private func promptDatasets(_ baseline: Outcome) -> [ResultDataset] {
    func column(_ name: String, of axis: String, _ values: ResultDataset.Values) -> ResultDataset {
      ResultDataset(name: name, axes: [axis], shape: [values.count], values: values)
    }
    var datasets = [
      column("label", of: "label", .texts(labels)),
      column("label_count", of: "label", .integers(summaries(of: baseline).map(\.count))),
      column("prompt", of: "prompt", .texts(prompts.map(\.id))),
      column("prompt_label", of: "prompt", .texts(prompts.map { $0.label ?? "" })),
      column("prompt_text", of: "prompt", .texts(prompts.map(\.text))),
      column("refusal_token", of: "refusal_token", .integers(refusalTokenIDs)),
      column("refusal_token_text", of: "refusal_token", .texts(refusalTokenTexts)),
      column("baseline_log_odds", of: "prompt", .doubles(baseline.refusalLogOdds)),
    ]
    if let answers = baseline.answers {
      datasets += [
        column("baseline_refused", of: "prompt", .integers(answers.map { $0.isRefusal ? 1 : 0 })),
        column("baseline_answer", of: "prompt", .texts(answers.map(\.text))),
      ]
    }
    return datasets
  }

  private func outcomeDatasets(_ baseline: Outcome) -> [ResultDataset] {
    let summaries = outcomes.map { $0.map { self.summaries(of: $0) } }
    func byLabel(_ name: String, _ value: (Summary) -> Double?) -> ResultDataset {
      table(
        name, axis: "label",
        .doubles(summaries.flatMap { $0?.map { value($0) ?? .nan } ?? labels.map { _ in .nan } }))
    }
    func byPrompt(_ name: String, _ values: (Outcome) -> [Double]) -> ResultDataset {
      table(
        name, axis: "prompt",
        .doubles(outcomes.flatMap { $0.map(values) ?? prompts.map { _ in .nan } }))
    }
    var datasets = [
      byLabel("refusal_log_odds", \.refusalLogOdds), byLabel("kl", \.divergence),
      byPrompt("prompt_log_odds", \.refusalLogOdds), byPrompt("prompt_kl", \.divergences),
    ]
    if baseline.answers != nil {
      let answers = outcomes.flatMap { outcome in
        prompts.indices.map { outcome?.answers?[$0] }
      }
      datasets += [
        byLabel("refusal_rate", \.refusalRate),
        table(
          "prompt_refused", axis: "prompt",
          .integers(answers.map { $0.map { $0.isRefusal ? 1 : 0 } ?? -1 })),
        table("prompt_answer", axis: "prompt", .texts(answers.map { $0?.text ?? "" })),
      ]
    }
    if baseline.perplexity != nil {
      datasets.append(
        ResultDataset(
          name: "perplexity", axes: ["point"], shape: [points.count],
          values: .doubles(outcomes.map { $0?.perplexity ?? .nan })))
    }
    return datasets
  }

  private func table(
    _ name: String, axis: String, _ values: ResultDataset.Values
  ) -> ResultDataset {
    let width = axis == "label" ? labels.count : prompts.count
    return ResultDataset(
      name: name, axes: ["point", axis], shape: [points.count, width], values: values)
  }
}

extension Ablation {
  /// Takes a group apart and checks that its parts fit together; `path` is for errors.
  public init(_ group: ResultGroup, path: String) throws(StoreError) {
    let fields = ResultFields(group: group, path: path)
    let ids = try fields.texts("prompt")
    let (labels, texts) = (try fields.texts("prompt_label"), try fields.texts("prompt_text"))
    guard labels.count == ids.count, texts.count == ids.count else {
      throw fields.malformed("prompt_text", "has not as many rows as prompt")
    }
    self.init(
      prompts: ids.indices.map { index in
        let label = labels[index]
        return Prompt(id: ids[index], text: texts[index], label: label.isEmpty ? nil : label)
      },
      points: try Self.points(fields), refusalTokenIDs: try fields.integers("refusal_token"),
      refusalTokenTexts: try fields.texts("refusal_token_text"), settings: [:])
    for (name, value) in group.attributes where !name.hasPrefix("model_") {
      if case .text(let text) = value, !Self.ownAttributes.contains(name) { settings[name] = text }
    }
    baseline = Outcome(
      refusalLogOdds: try fields.doubles("baseline_log_odds", shape: [ids.count]),
      divergences: ids.map { _ in 0 },
      answers: try Self.answers(
        fields, "baseline_refused", "baseline_answer", shape: [ids.count]),
      perplexity: try fields.has(attribute: "baseline_perplexity")
        ? fields.number("baseline_perplexity") : nil)
    outcomes = try Self.outcomes(fields, points: points.count, prompts: ids.count)
  }

  private static func points(_ fields: ResultFields) throws(StoreError) -> [AblationPoint] {
    let modes = try fields.texts("mode")
    let (first, last) = (try fields.integers("first_layer"), try fields.integers("last_layer"))
    let alpha = try fields.doubles("alpha", shape: [modes.count])
    let sign = try fields.integers("sign")
    guard [first, last, sign].allSatisfy({ $0.count == modes.count }) else {
      throw fields.malformed("mode", "has not as many rows as the other points' datasets")
    }
    return try modes.indices.map { index throws(StoreError) in
      guard let mode = AblationPoint.Mode(rawValue: modes[index]), first[index] <= last[index]
      else { throw fields.malformed("mode", "names no way to change a window of layers") }
      return AblationPoint(
        mode: mode, window: LayerWindow(first: first[index], last: last[index]),
        alpha: alpha[index], sign: sign[index])
    }
  }

  private static func outcomes(
    _ fields: ResultFields, points: Int, prompts: Int
  ) throws(StoreError) -> [Outcome?] {
    let done = try fields.integers("done")
    guard done.count == points else { throw fields.malformed("done", "is not one for each point") }
    let (logOdds, divergences) = (
      try fields.doubles("prompt_log_odds", shape: [points, prompts], finite: false),
      try fields.doubles("prompt_kl", shape: [points, prompts], finite: false)
    )
    let answers = try answers(
      fields, "prompt_refused", "prompt_answer", shape: [points, prompts])
    let perplexities =
      try fields.has("perplexity")
      ? fields.doubles("perplexity", shape: [points], finite: false) : nil
    return done.indices.map { point in
      guard done[point] == 1 else { return nil }
      let row = point * prompts..<(point + 1) * prompts
      return Outcome(
        refusalLogOdds: Array(logOdds[row]), divergences: Array(divergences[row]),
        answers: answers.map { Array($0[row]) }, perplexity: perplexities?[point])
    }
  }

  private static func answers(
    _ fields: ResultFields, _ refused: String, _ text: String, shape: [Int]
  ) throws(StoreError) -> [Answer]? {
    guard fields.has(refused) else { return nil }
    let flags = try fields.integers(refused, shape: shape)
    let texts = try fields.texts(text, shape: shape)
    return zip(flags, texts).map { Answer(text: $1, isRefusal: $0 == 1) }
  }
}
