import ActivationStore
import Prompts
import ResultSchemas

extension Ablation {
  public static let groupName = AblationSchema.group
  private static let ownAttributes: Set = [
    AblationSchema.baselinePerplexity, AblationSchema.vectors,
  ]

  /// The result as a group; nil before the unablated model was measured.
  public func group(model: StoredModel, vectors: String?) -> ResultGroup? {
    guard let baseline else { return nil }
    var attributes = settings.mapValues { ResultValue.text($0) }
    attributes[AblationSchema.baselinePerplexity] = baseline.perplexity.map { .number($0) }
    attributes[AblationSchema.surprisalBound] = surprisalBound.map { .number($0.nats) }
    attributes[AblationSchema.vectors] = vectors.map { .text($0) }
    return ResultGroup(
      name: Self.groupName,
      attributes: attributes.merging(model.attributes) { own, _ in own },
      datasets: pointDatasets + promptDatasets(baseline) + outcomeDatasets(baseline))
  }

  private var sizes: AxisSizes {
    ["point": points.count, "label": labels.count, "prompt": prompts.count]
  }

  private var pointDatasets: [ResultDataset] {
    [
      AblationSchema.mode.column(.texts(points.map(\.mode.rawValue))),
      AblationSchema.firstLayer.column(.integers(points.map(\.window.first))),
      AblationSchema.lastLayer.column(.integers(points.map(\.window.last))),
      AblationSchema.alpha.column(.doubles(points.map(\.alpha.value))),
      AblationSchema.alphaUnit.column(.texts(points.map(\.alpha.unit.rawValue))),
      AblationSchema.addedShare.column(.doubles(addedShares.map { $0 ?? .nan })),
      AblationSchema.control.column(.integers(points.map { $0.control ?? 0 })),
      AblationSchema.sign.column(.integers(points.map(\.sign))),
      AblationSchema.done.column(.truths(outcomes.map { $0 != nil })),
    ]
  }

  private func promptDatasets(_ baseline: Outcome) -> [ResultDataset] {
    var datasets = [
      AblationSchema.label.column(.texts(labels)),
      AblationSchema.labelCount.column(.integers(summaries(of: baseline).map(\.count))),
      AblationSchema.prompt.column(.texts(prompts.map(\.id))),
      AblationSchema.promptLabel.column(.texts(prompts.map { $0.label ?? "" })),
      AblationSchema.promptText.column(.texts(prompts.map(\.text))),
      AblationSchema.refusalToken.column(.integers(refusalTokenIDs)),
      AblationSchema.refusalTokenText.column(.texts(refusalTokenTexts)),
      AblationSchema.baselineLogOdds.column(.doubles(baseline.refusalLogOdds)),
    ]
    if let earlier = AblationSchema.promptEarlier.column(ofEarlierTurns: prompts.map(\.earlier)) {
      datasets.append(earlier)
    }
    if let answers = baseline.answers {
      datasets += [
        AblationSchema.baselineRefused.column(.truths(answers.map(\.isRefusal))),
        AblationSchema.baselineAnswer.column(.texts(answers.map(\.text))),
        AblationSchema.baselineDefect.column(.texts(answers.map(\.defectName))),
        AblationSchema.baselineSurprisal.column(.doubles(answers.map { $0.surprisal ?? .nan })),
      ]
    }
    return datasets
  }

  private func outcomeDatasets(_ baseline: Outcome) -> [ResultDataset] {
    let summaries = outcomes.map { $0.map { self.summaries(of: $0) } }
    func byLabel(_ schema: DatasetSchema, _ value: (Summary) -> Double?) -> ResultDataset {
      schema.dataset(
        .doubles(summaries.flatMap { $0?.map { value($0) ?? .nan } ?? labels.map { _ in .nan } }),
        sizes)
    }
    func byPrompt(_ schema: DatasetSchema, _ values: (Outcome) -> [Double]) -> ResultDataset {
      schema.dataset(
        .doubles(outcomes.flatMap { $0.map(values) ?? prompts.map { _ in .nan } }), sizes)
    }
    var datasets = [
      byLabel(AblationSchema.refusalLogOdds, \.refusalLogOdds),
      byLabel(AblationSchema.kl, \.divergence),
      byPrompt(AblationSchema.promptLogOdds, \.refusalLogOdds),
      byPrompt(AblationSchema.promptKL, \.divergences),
    ]
    if baseline.answers != nil {
      let answers = outcomes.flatMap { outcome in
        prompts.indices.map { outcome?.answers?[$0] }
      }
      datasets += [
        byLabel(AblationSchema.refusalRate, \.refusalRate),
        byLabel(AblationSchema.brokenRate, \.brokenRate),
        AblationSchema.promptRefused.dataset(
          .integers(answers.map { $0.map { $0.isRefusal ? 1 : 0 } ?? -1 }), sizes),
        AblationSchema.promptAnswer.dataset(.texts(answers.map { $0?.text ?? "" }), sizes),
        AblationSchema.promptDefect.dataset(
          .texts(answers.map { $0?.defectName ?? "" }), sizes),
        AblationSchema.promptSurprisal.dataset(
          .doubles(answers.map { $0?.surprisal ?? .nan }), sizes),
      ]
    }
    if baseline.perplexity != nil {
      datasets.append(
        AblationSchema.perplexity.column(.doubles(outcomes.map { $0?.perplexity ?? .nan })))
    }
    return datasets
  }
}

extension Ablation {
  /// Takes a group apart and checks that its parts fit together; `path` is for errors.
  public init(_ group: ResultGroup, path: String) throws(StoreError) {
    let fields = ResultFields(group: group, path: path)
    let ids = try fields.texts(AblationSchema.prompt)
    let sizes: AxisSizes = ["prompt": ids.count]
    let labels = try fields.texts(AblationSchema.promptLabel, sizes)
    let texts = try fields.texts(AblationSchema.promptText, sizes)
    let earlier = try fields.earlierTurns(AblationSchema.promptEarlier, sizes)
    self.init(
      prompts: ids.indices.map { index in
        let label = labels[index]
        return Prompt(
          id: ids[index], text: texts[index], label: label.isEmpty ? nil : label,
          earlier: earlier?[index] ?? [])
      },
      points: try Self.points(fields),
      refusalTokenIDs: try fields.integers(AblationSchema.refusalToken),
      refusalTokenTexts: try fields.texts(AblationSchema.refusalTokenText), settings: [:])
    for (name, value) in group.attributes where !name.hasPrefix("model_") {
      if case .text(let text) = value, !Self.ownAttributes.contains(name) { settings[name] = text }
    }
    baseline = Outcome(
      refusalLogOdds: try fields.doubles(AblationSchema.baselineLogOdds, sizes),
      divergences: ids.map { _ in 0 },
      answers: try Self.answers(
        fields, AblationSchema.baselineRefused, AblationSchema.baselineAnswer,
        AblationSchema.baselineSurprisal, to: texts, sizes),
      perplexity: try fields.has(attribute: AblationSchema.baselinePerplexity)
        ? fields.number(AblationSchema.baselinePerplexity) : nil)
    if fields.has(AblationSchema.addedShare) {
      addedShares = try fields.doubles(
        AblationSchema.addedShare, ["point": points.count], finite: false
      ).map { $0.isNaN ? nil : $0 }
    }
    outcomes = try Self.outcomes(fields, points: points.count, to: texts)
    markImprobableAnswers()
  }

  private static func points(_ fields: ResultFields) throws(StoreError) -> [AblationPoint] {
    let modes = try fields.texts(AblationSchema.mode)
    let sizes: AxisSizes = ["point": modes.count]
    let first = try fields.integers(AblationSchema.firstLayer, sizes)
    let last = try fields.integers(AblationSchema.lastLayer, sizes)
    let alpha = try fields.doubles(AblationSchema.alpha, sizes)
    let sign = try fields.integers(AblationSchema.sign, sizes)
    // Files of earlier versions have neither.
    let units =
      try fields.has(AblationSchema.alphaUnit)
      ? fields.texts(AblationSchema.alphaUnit, sizes)
      : modes.map { _ in Strength.Unit.vector.rawValue }
    let controls =
      try fields.has(AblationSchema.control)
      ? fields.integers(AblationSchema.control, sizes) : modes.map { _ in 0 }
    return try modes.indices.map { index throws(StoreError) in
      guard let mode = AblationPoint.Mode(rawValue: modes[index]), first[index] <= last[index],
        let unit = Strength.Unit(rawValue: units[index])
      else {
        throw fields.malformed(
          AblationSchema.mode.name, "names no way to change a window of layers")
      }
      return AblationPoint(
        mode: mode, window: LayerWindow(first: first[index], last: last[index]),
        alpha: Strength(alpha[index], unit: unit), sign: sign[index],
        control: controls[index] > 0 ? controls[index] : nil)
    }
  }

  private static func outcomes(
    _ fields: ResultFields, points: Int, to prompts: [String]
  ) throws(StoreError) -> [Outcome?] {
    let sizes: AxisSizes = ["point": points, "prompt": prompts.count]
    let done = try fields.truths(AblationSchema.done, sizes)
    let logOdds = try fields.doubles(AblationSchema.promptLogOdds, sizes, finite: false)
    let divergences = try fields.doubles(AblationSchema.promptKL, sizes, finite: false)
    let answers = try answers(
      fields, AblationSchema.promptRefused, AblationSchema.promptAnswer,
      AblationSchema.promptSurprisal, to: prompts, sizes)
    let perplexities =
      try fields.has(AblationSchema.perplexity)
      ? fields.doubles(AblationSchema.perplexity, sizes, finite: false) : nil
    return done.indices.map { point in
      guard done[point] else { return nil }
      let row = point * prompts.count..<(point + 1) * prompts.count
      return Outcome(
        refusalLogOdds: Array(logOdds[row]), divergences: Array(divergences[row]),
        answers: answers.map { Array($0[row]) }, perplexity: perplexities?[point])
    }
  }

  /// Defects follow from texts and surprisals, so they are found anew.
  private static func answers(
    _ fields: ResultFields, _ refused: DatasetSchema, _ text: DatasetSchema,
    _ surprisal: DatasetSchema, to prompts: [String], _ sizes: AxisSizes
  ) throws(StoreError) -> [Answer]? {
    guard fields.has(refused) else { return nil }
    let flags =
      try refused.kind == .truths
      ? fields.truths(refused, sizes) : fields.integers(refused, sizes).map { $0 == 1 }
    let texts = try fields.texts(text, sizes)
    // Files of earlier versions have none.
    let surprisals =
      try fields.has(surprisal)
      ? fields.doubles(surprisal, sizes, finite: false) : texts.map { _ in .nan }
    return texts.indices.map { place in
      Answer(
        text: texts[place], isRefusal: flags[place],
        defect: AnswerDefect(of: texts[place], to: prompts[place % prompts.count]),
        surprisal: surprisals[place].isNaN ? nil : surprisals[place])
    }
  }
}
