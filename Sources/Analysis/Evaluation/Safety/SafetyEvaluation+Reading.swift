import ActivationStore
import ResultSchemas

extension SafetyEvaluation {
  /// Reads the evaluation of a file, and the model that it was made with.
  public static func read(
    _ path: String
  ) throws(AnalysisError) -> (evaluation: SafetyEvaluation, model: StoredModel) {
    do throws(StoreError) {
      let group = try ResultFile.read(groupName, from: path)
      let fields = ResultFields(group: group, path: path)
      guard let model = try StoredModel(fields) else {
        throw fields.malformed("attribute model_name", "is missing")
      }
      var evaluation = try SafetyEvaluation(fields)
      try evaluation.readTrialVectors(fields)
      return (evaluation, model)
    } catch {
      throw .store(error)
    }
  }

  private init(_ fields: ResultFields) throws(StoreError) {
    let (prompts, trials) = (try Self.prompts(fields), try Self.trials(fields))
    let columns = try Self.columns(fields, trials: trials.count)
    guard
      let threshold = HarmClassifier.Threshold(
        written: try fields.text(EvaluationSchema.threshold))
    else { throw fields.malformed("attribute threshold", "is no number and not anchors") }
    var settings: [String: String] = [:]
    for (name, value) in fields.group.attributes
    where !name.hasPrefix("model_")
      && ![EvaluationSchema.threshold, EvaluationSchema.classifier].contains(name)
    {
      if case .text(let text) = value { settings[name] = text }
    }
    let split = SafetySplit(
      prompts: prompts, trials: trials, warnings: try fields.texts(EvaluationSchema.warning))
    self.init(
      split: split, columns: columns,
      hasBothSigns: try fields.text(EvaluationSchema.signs) == "both",
      signRule: SignRule(
        threshold: threshold,
        layers: fields.has(EvaluationSchema.classifierLayer)
          ? try fields.integers(EvaluationSchema.classifierLayer) : [],
        classifier: try Self.classifier(fields)),
      settings: settings)
    answers = try Self.answers(fields, columns: columns.count, to: prompts)
    if fields.has(EvaluationSchema.kl) {
      let sizes: AxisSizes = ["answer_column": columns.count, "prompt": prompts.count]
      let found = try fields.doubles(EvaluationSchema.kl, sizes, finite: false)
      divergences = columns.indices.map { column in
        found[column * prompts.count..<(column + 1) * prompts.count].map { $0.isNaN ? nil : $0 }
      }
    }
    markImprobableAnswers()
  }

  /// Files of earlier versions know the cosine alone.
  private static func classifier(_ fields: ResultFields) throws(StoreError) -> HarmClassifier.Kind {
    guard fields.has(attribute: EvaluationSchema.classifier) else { return .cosine }
    guard let kind = HarmClassifier.Kind(rawValue: try fields.text(EvaluationSchema.classifier))
    else { throw fields.malformed("attribute classifier", "names no classifier") }
    return kind
  }

  private static func prompts(_ fields: ResultFields) throws(StoreError) -> [SafetyPrompt] {
    let ids = try fields.texts(EvaluationSchema.prompt)
    let sizes: AxisSizes = ["prompt": ids.count]
    let sets = try fields.texts(EvaluationSchema.promptSet, sizes)
    let labels = try fields.texts(EvaluationSchema.promptLabel, sizes)
    let texts = try fields.texts(EvaluationSchema.promptText, sizes)
    let earlier = try fields.earlierTurns(EvaluationSchema.promptEarlier, sizes)
    return try ids.indices.map { index throws(StoreError) in
      guard let label = SafetyLabel(rawValue: labels[index]) else {
        throw fields.malformed(
          EvaluationSchema.promptLabel.name, "says something other than safe and unsafe")
      }
      return SafetyPrompt(
        set: sets[index], id: ids[index], label: label, text: texts[index],
        earlier: earlier?[index] ?? [])
    }
  }

  private static func trials(_ fields: ResultFields) throws(StoreError) -> [SafetyTrial] {
    let seeds = try fields.integers(EvaluationSchema.trial)
    let count = try fields.texts(EvaluationSchema.prompt).count
    let sizes: AxisSizes = ["trial": seeds.count, "prompt": count]
    let anchors = try fields.truths(EvaluationSchema.isAnchor, sizes)
    let reported = try fields.truths(EvaluationSchema.isReported, sizes)
    return seeds.enumerated().map { trial, seed in
      let places = { (flags: [Bool]) in (0..<count).filter { flags[trial * count + $0] } }
      return SafetyTrial(
        seed: UInt64(bitPattern: Int64(seed)), anchors: places(anchors),
        reported: places(reported))
    }
  }

  private static func columns(
    _ fields: ResultFields, trials: Int
  ) throws(StoreError) -> [AnswerColumn] {
    let methods = try fields.texts(EvaluationSchema.answerMethod)
    let sizes: AxisSizes = ["answer_column": methods.count]
    let owners = try fields.integers(EvaluationSchema.answerTrial, sizes)
    let signs = try fields.integers(EvaluationSchema.answerSign, sizes)
    // Files of earlier versions have none.
    let controls =
      try fields.has(EvaluationSchema.answerControl)
      ? fields.integers(EvaluationSchema.answerControl, sizes) : methods.map { _ in 0 }
    guard owners.allSatisfy({ (-1..<trials).contains($0) }), methods.first == "default" else {
      throw fields.malformed(EvaluationSchema.answerTrial.name, "names a trial that is not there")
    }
    return methods.indices.map { index in
      AnswerColumn(
        method: methods[index], trial: owners[index] < 0 ? nil : owners[index],
        sign: signs[index], control: controls[index] > 0 ? controls[index] : nil)
    }
  }

  /// Defects follow from texts and surprisals, so they are found anew.
  private static func answers(
    _ fields: ResultFields, columns: Int, to prompts: [SafetyPrompt]
  ) throws(StoreError) -> [[JudgedAnswer?]] {
    let sizes: AxisSizes = ["answer_column": columns, "prompt": prompts.count]
    let texts = try fields.texts(EvaluationSchema.answer, sizes)
    let refused = try fields.integers(EvaluationSchema.refused, sizes)
    // Files of earlier versions have none; a run that goes on finds them.
    let surprisals =
      try fields.has(EvaluationSchema.surprisal)
      ? fields.doubles(EvaluationSchema.surprisal, sizes, finite: false) : texts.map { _ in .nan }
    let tokens = try fields.integers(EvaluationSchema.answerTokens, sizes)
    let ends = try fields.texts(EvaluationSchema.answerEnd, sizes)
    return try (0..<columns).map { column throws(StoreError) in
      try prompts.enumerated().map { index, prompt throws(StoreError) in
        let place = column * prompts.count + index
        guard refused[place] >= 0 else { return nil }
        guard let end = JudgedAnswer.End(rawValue: ends[place]) else {
          throw fields.malformed(
            EvaluationSchema.answerEnd.name, "names no way in which an answer ends")
        }
        return JudgedAnswer(
          text: texts[place], tokenCount: tokens[place], end: end, isRefusal: refused[place] == 1,
          defect: AnswerDefect(of: texts[place], to: prompt.text),
          surprisal: surprisals[place].isNaN ? nil : surprisals[place])
      }
    }
  }

  /// `[prompt][probe]`; empty for prompts that the trial does not report on.
  private func probeScores(
    _ fields: ResultFields, _ trial: Int, _ count: Int
  ) throws(StoreError) -> [[Double]] {
    var scores = prompts.map { _ in [Double]() }
    guard count > 0 else { return scores }
    let sizes: AxisSizes = ["trial": trials.count, "prompt": prompts.count, "probe": count]
    let all = try fields.doubles(EvaluationSchema.probeScore, sizes, finite: false)
    for prompt in trials[trial].reported {
      let start = (trial * prompts.count + prompt) * count
      scores[prompt] = Array(all[start..<start + count])
      guard scores[prompt].allSatisfy(\.isFinite) else {
        throw fields.malformed(
          EvaluationSchema.probeScore.name, "holds NaN for a prompt that is reported")
      }
    }
    return scores
  }

  /// Reads the vectors and cosines of the trials that have them.
  private mutating func readTrialVectors(_ fields: ResultFields) throws(StoreError) {
    guard fields.has(EvaluationSchema.cosine) else { return }
    let layers = try fields.integers(EvaluationSchema.layer)
    let sizes: AxisSizes = [
      "trial": trials.count, "prompt": prompts.count, "layer": layers.count,
    ]
    let cosines = try fields.doubles(EvaluationSchema.cosine, sizes, finite: false)
    let known = try fields.truths(EvaluationSchema.hasScores, sizes)
    if fields.has(EvaluationSchema.addedShare) {
      let sizes: AxisSizes = ["answer_column": columns.count, "layer": layers.count]
      let shares = try fields.doubles(EvaluationSchema.addedShare, sizes, finite: false)
      addedShares = columns.indices.map { column in
        let row = zip(layers, shares[column * layers.count..<(column + 1) * layers.count])
        let known = row.filter { !$0.1.isNaN }
        return known.isEmpty ? nil : Dictionary(uniqueKeysWithValues: known)
      }
    }
    for trial in trials.indices where known[trial] {
      let name = EvaluationSchema.vectors(ofTrial: trial)
      let vectors = try VectorSet(ResultFile.read(name, from: fields.path), path: fields.path)
      guard vectors.layers == layers, vectors.harmDirections != nil else {
        throw fields.malformed(EvaluationSchema.layer.name, "is not that of \(name)")
      }
      var rows = prompts.map { _ in [Double]() }
      for prompt in trials[trial].reported {
        let start = (trial * prompts.count + prompt) * layers.count
        rows[prompt] = Array(cosines[start..<start + layers.count])
        guard rows[prompt].allSatisfy(\.isFinite) else {
          throw fields.malformed(
            EvaluationSchema.cosine.name, "holds NaN for a prompt that is reported")
        }
      }
      trialVectors[trial] = TrialVectors(
        vectors: vectors, cosines: rows,
        probeScores: try probeScores(fields, trial, vectors.probes.count))
    }
  }
}
