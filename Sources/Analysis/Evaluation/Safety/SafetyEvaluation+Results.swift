import ActivationStore
import ResultSchemas

extension SafetyEvaluation {
  public static let groupName = EvaluationSchema.group

  /// The evaluation as groups of a file.
  public func groups(model: StoredModel) throws(VectorError) -> [ResultGroup] {
    var attributes = settings.mapValues { ResultValue.text($0) }
    attributes[EvaluationSchema.surprisalBound] = surprisalBound.map { .number($0.nats) }
    attributes[EvaluationSchema.threshold] = .text(signRule.threshold.written)
    attributes[EvaluationSchema.classifier] = .text(signRule.classifier.rawValue)
    let own = ResultGroup(
      name: Self.groupName,
      attributes: attributes.merging(model.attributes) { own, _ in own },
      datasets: promptDatasets + answerDatasets + (try scoreDatasets()))
    let vectors = trialVectors.enumerated().compactMap { trial, known in
      known.map { known in
        var group = known.vectors.group
        group.name = EvaluationSchema.vectors(ofTrial: trial)
        return group
      }
    }
    return [own] + vectors
  }

  private var sizes: AxisSizes {
    ["prompt": prompts.count, "trial": trials.count, "answer_column": columns.count]
  }

  private var promptDatasets: [ResultDataset] {
    func flags(_ schema: DatasetSchema, _ places: (SafetyTrial) -> [Int]) -> ResultDataset {
      let values = trials.flatMap { trial in
        let places = Set(places(trial))
        return prompts.indices.map { places.contains($0) }
      }
      return schema.dataset(.truths(values), sizes)
    }
    return [
      EvaluationSchema.prompt.column(.texts(prompts.map(\.id))),
      EvaluationSchema.promptSet.column(.texts(prompts.map(\.set))),
      EvaluationSchema.promptLabel.column(.texts(prompts.map(\.label.rawValue))),
      EvaluationSchema.promptText.column(.texts(prompts.map(\.text))),
      EvaluationSchema.trial.column(
        .integers(trials.map { Int(truncatingIfNeeded: $0.seed) })),
      flags(EvaluationSchema.isAnchor, \.anchors),
      flags(EvaluationSchema.isReported, \.reported),
      EvaluationSchema.warning.column(.texts(warnings)),
    ]
      + [EvaluationSchema.promptEarlier.column(ofEarlierTurns: prompts.map(\.earlier))].compactMap {
        $0
      }
  }

  private var answerDatasets: [ResultDataset] {
    let all = answers.flatMap { $0 }
    return [
      EvaluationSchema.answerMethod.column(.texts(columns.map(\.method))),
      EvaluationSchema.answerTrial.column(.integers(columns.map { $0.trial ?? -1 })),
      EvaluationSchema.answerSign.column(.integers(columns.map(\.sign))),
      EvaluationSchema.answerControl.column(.integers(columns.map { $0.control ?? 0 })),
      EvaluationSchema.answer.dataset(.texts(all.map { $0?.text ?? "" }), sizes),
      EvaluationSchema.refused.dataset(
        .integers(all.map { $0.map { $0.isRefusal ? 1 : 0 } ?? -1 }), sizes),
      EvaluationSchema.defect.dataset(.texts(all.map { $0?.defectName ?? "" }), sizes),
      EvaluationSchema.surprisal.dataset(.doubles(all.map { $0?.surprisal ?? .nan }), sizes),
      EvaluationSchema.kl.dataset(.doubles(divergences.joined().map { $0 ?? .nan }), sizes),
      EvaluationSchema.answerTokens.dataset(.integers(all.map { $0?.tokenCount ?? 0 }), sizes),
      EvaluationSchema.answerEnd.dataset(.texts(all.map { $0?.end.rawValue ?? "" }), sizes),
    ]
  }

  private func scoreDatasets() throws(VectorError) -> [ResultDataset] {
    guard hasSteered else { return [] }
    var datasets = [EvaluationSchema.classifierLayer.column(.integers(signRule.layers))]
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
    let probes = trialVectors.lazy.compactMap { $0?.vectors.probes.map(\.input) }.first ?? []
    let sizes: AxisSizes = [
      "trial": trials.count, "prompt": prompts.count, "layer": layers.count,
      "probe": probes.count,
    ]
    if !probes.isEmpty {
      let missing = probes.map { _ in Double.nan }
      let found = trialVectors.flatMap { known in
        prompts.indices.flatMap { index in
          known.map { $0.probeScores[index].isEmpty ? missing : $0.probeScores[index] } ?? missing
        }
      }
      datasets.append(EvaluationSchema.probe.column(.texts(probes.map(\.rawValue))))
      datasets.append(EvaluationSchema.probeScore.dataset(.doubles(found), sizes))
    }
    datasets += [
      EvaluationSchema.hasScores.column(.truths(trialVectors.map { $0 != nil })),
      EvaluationSchema.layer.column(.integers(layers)),
      EvaluationSchema.cosine.dataset(.doubles(cosines), sizes),
      EvaluationSchema.score.dataset(.doubles(scores), sizes),
      EvaluationSchema.sigma.dataset(.integers(sigmas), sizes),
      EvaluationSchema.addedShare.dataset(
        .doubles(addedShares.flatMap { shares in layers.map { shares?[$0] ?? .nan } }),
        ["answer_column": columns.count, "layer": layers.count]),
    ]
    return datasets
  }
}

extension HarmClassifier.Threshold {
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
