import ActivationStore

/// The group `evaluation` of a results file.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `prompt` | prompt | UTF-8 | ids, unique in a set |
/// | `prompt_set`, `prompt_label`, `prompt_text` | prompt | UTF-8 | label `safe` or `unsafe` |
/// | `trial` | trial | int64 | the seed of its anchors |
/// | `is_anchor`, `is_reported` | trial, prompt | int64 | 0 or 1 |
/// | `answer_method` | answer_column | UTF-8 | `default`, `scans-repo`, ... |
/// | `answer_trial`, `answer_sign` | answer_column | int64 | -1 for no trial; 0, +1 or -1 |
/// | `answer` | answer_column, prompt | UTF-8 | what the model said |
/// | `refused` | answer_column, prompt | int64 | 0 or 1; -1 where there is no answer |
/// | `answer_tokens`, `answer_end` | answer_column, prompt | int64, UTF-8 | `stop` or `length` |
/// | `cosine` | trial, prompt, layer | float64 | cos(a_t, d_harm); NaN where not reported |
/// | `has_scores` | trial | int64 | 1 where the cosines are known |
/// | `layer` | layer | int64 | the block of each cosine, from 0 |
/// | `classifier_layer` | classifier_layer | int64 | the layer set L of the run |
/// | `score`, `sigma` | trial, prompt | float64, int64 | s_q and the sign; NaN and 0 elsewhere |
/// | `warning` | warning | UTF-8 | what was left out or is not as published |
///
/// Attributes: `threshold` (a number or `anchors`), `signs`, `model_*` and the settings by name. Each
/// trial's vectors are a group of their own, `evaluation_vectors_0` and so on, as `vectors` is.
extension SafetyEvaluation {
  public static let groupName = "evaluation"

  /// The name of the group with a trial's vectors.
  static func vectorsName(trial: Int) -> String { "\(groupName)_vectors_\(trial)" }

  /// The evaluation as groups of a file.
  public func groups(model: StoredModel) throws(VectorError) -> [ResultGroup] {
    var attributes = settings.mapValues { ResultValue.text($0) }
    attributes["threshold"] = .text(signRule.threshold.written)
    let own = ResultGroup(
      name: Self.groupName,
      attributes: attributes.merging(model.attributes) { own, _ in own },
      datasets: promptDatasets + answerDatasets + (try scoreDatasets()))
    let vectors = trialVectors.enumerated().compactMap { trial, known in
      known.map { known in
        var group = known.vectors.group
        group.name = Self.vectorsName(trial: trial)
        return group
      }
    }
    return [own] + vectors
  }

  private var promptDatasets: [ResultDataset] {
    func column(_ name: String, _ values: ResultDataset.Values) -> ResultDataset {
      ResultDataset(name: name, axes: ["prompt"], shape: [prompts.count], values: values)
    }
    func flags(_ name: String, _ places: (SafetyTrial) -> [Int]) -> ResultDataset {
      let values = trials.flatMap { trial in
        let places = Set(places(trial))
        return prompts.indices.map { places.contains($0) ? 1 : 0 }
      }
      return ResultDataset(
        name: name, axes: ["trial", "prompt"], shape: [trials.count, prompts.count],
        values: .integers(values))
    }
    return [
      column("prompt", .texts(prompts.map(\.id))),
      column("prompt_set", .texts(prompts.map(\.set))),
      column("prompt_label", .texts(prompts.map(\.label.rawValue))),
      column("prompt_text", .texts(prompts.map(\.text))),
      ResultDataset(
        name: "trial", axes: ["trial"], shape: [trials.count],
        values: .integers(trials.map { Int(truncatingIfNeeded: $0.seed) })),
      flags("is_anchor", \.anchors), flags("is_reported", \.reported),
      ResultDataset(
        name: "warning", axes: ["warning"], shape: [warnings.count], values: .texts(warnings)),
    ]
  }

  private var answerDatasets: [ResultDataset] {
    func column(_ name: String, _ values: ResultDataset.Values) -> ResultDataset {
      ResultDataset(name: name, axes: ["answer_column"], shape: [columns.count], values: values)
    }
    func table(_ name: String, _ values: ResultDataset.Values) -> ResultDataset {
      ResultDataset(
        name: name, axes: ["answer_column", "prompt"], shape: [columns.count, prompts.count],
        values: values)
    }
    let all = answers.flatMap { $0 }
    return [
      column("answer_method", .texts(columns.map(\.method))),
      column("answer_trial", .integers(columns.map { $0.trial ?? -1 })),
      column("answer_sign", .integers(columns.map(\.sign))),
      table("answer", .texts(all.map { $0?.text ?? "" })),
      table("refused", .integers(all.map { $0.map { $0.isRefusal ? 1 : 0 } ?? -1 })),
      table("answer_tokens", .integers(all.map { $0?.tokenCount ?? 0 })),
      table("answer_end", .texts(all.map { $0?.end.rawValue ?? "" })),
    ]
  }

  private func scoreDatasets() throws(VectorError) -> [ResultDataset] {
    guard hasSteered else { return [] }
    var datasets = [
      ResultDataset(
        name: "classifier_layer", axes: ["classifier_layer"], shape: [signRule.layers.count],
        values: .integers(signRule.layers))
    ]
    guard let layers = trialVectors.lazy.compactMap({ $0?.vectors.layers }).first else {
      return datasets
    }
    var scores = [Double](repeating: .nan, count: trials.count * prompts.count)
    var sigmas = [Int](repeating: 0, count: scores.count)
    for trial in trials.indices where trialVectors[trial] != nil {
      for decision in try decisions(trial: trial, signRule: signRule).prompts {
        scores[trial * prompts.count + decision.index] = decision.score
        sigmas[trial * prompts.count + decision.index] = decision.sigma
      }
    }
    let missing = layers.map { _ in Double.nan }
    let cosines = trialVectors.flatMap { known in
      prompts.indices.flatMap { index -> [Double] in
        known.map { $0.cosines[index].isEmpty ? missing : $0.cosines[index] } ?? missing
      }
    }
    let places = [trials.count, prompts.count]
    datasets += [
      ResultDataset(
        name: "has_scores", axes: ["trial"], shape: [trials.count],
        values: .integers(trialVectors.map { $0 == nil ? 0 : 1 })),
      ResultDataset(
        name: "layer", axes: ["layer"], shape: [layers.count], values: .integers(layers)),
      ResultDataset(
        name: "cosine", axes: ["trial", "prompt", "layer"], shape: places + [layers.count],
        values: .doubles(cosines)),
      ResultDataset(
        name: "score", axes: ["trial", "prompt"], shape: places, values: .doubles(scores)),
      ResultDataset(
        name: "sigma", axes: ["trial", "prompt"], shape: places, values: .integers(sigmas)),
    ]
    return datasets
  }
}

extension TransitionClassifier.Threshold {
  /// A number, or `anchors`.
  public var written: String {
    switch self {
    case .value(let value): "\(value)"
    case .anchors: "anchors"
    }
  }

  /// Understands what `written` writes.
  public init?(written text: String) {
    if text == "anchors" {
      self = .anchors
    } else if let value = Double(text), value.isFinite {
      self = .value(value)
    } else {
      return nil
    }
  }
}
