import ActivationStore

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
      try evaluation.readLessons(fields)
      return (evaluation, model)
    } catch {
      throw .store(error)
    }
  }

  private init(_ fields: ResultFields) throws(StoreError) {
    let (prompts, trials) = (try Self.prompts(fields), try Self.trials(fields))
    let columns = try Self.columns(fields, trials: trials.count)
    guard let threshold = TransitionClassifier.Threshold(written: try fields.text("threshold"))
    else { throw fields.malformed("attribute threshold", "is no number and not anchors") }
    var settings: [String: String] = [:]
    for (name, value) in fields.group.attributes
    where !name.hasPrefix("model_") && name != "threshold" {
      if case .text(let text) = value { settings[name] = text }
    }
    let split = SafetySplit(
      prompts: prompts, trials: trials, warnings: try fields.texts("warning"))
    self.init(
      split: split, columns: columns, hasBothSigns: try fields.text("signs") == "both",
      signRule: SignRule(
        threshold: threshold,
        layers: fields.has("classifier_layer") ? try fields.integers("classifier_layer") : []),
      settings: settings)
    answers = try Self.answers(fields, columns: columns.count, prompts: prompts.count)
  }

  private static func prompts(_ fields: ResultFields) throws(StoreError) -> [SafetyPrompt] {
    let ids = try fields.texts("prompt")
    let shape = [ids.count]
    let (sets, labels) = (
      try fields.texts("prompt_set", shape: shape), try fields.texts("prompt_label", shape: shape)
    )
    let texts = try fields.texts("prompt_text", shape: shape)
    return try ids.indices.map { index throws(StoreError) in
      guard let label = SafetyLabel(rawValue: labels[index]) else {
        throw fields.malformed("prompt_label", "says something other than safe and unsafe")
      }
      return SafetyPrompt(set: sets[index], id: ids[index], label: label, text: texts[index])
    }
  }

  private static func trials(_ fields: ResultFields) throws(StoreError) -> [SafetyTrial] {
    let seeds = try fields.integers("trial")
    let count = fields.shape("prompt").first ?? 0
    let flags = { (name: String) throws(StoreError) in
      try fields.integers(name, shape: [seeds.count, count])
    }
    let (anchors, reported) = (try flags("is_anchor"), try flags("is_reported"))
    return seeds.enumerated().map { trial, seed in
      let places = { (flags: [Int]) in (0..<count).filter { flags[trial * count + $0] == 1 } }
      return SafetyTrial(
        seed: UInt64(bitPattern: Int64(seed)), anchors: places(anchors),
        reported: places(reported))
    }
  }

  private static func columns(
    _ fields: ResultFields, trials: Int
  ) throws(StoreError) -> [AnswerColumn] {
    let methods = try fields.texts("answer_method")
    let (owners, signs) = (
      try fields.integers("answer_trial", shape: [methods.count]),
      try fields.integers("answer_sign", shape: [methods.count])
    )
    guard owners.allSatisfy({ (-1..<trials).contains($0) }), methods.first == "default" else {
      throw fields.malformed("answer_trial", "names a trial that is not there")
    }
    return methods.indices.map { index in
      AnswerColumn(
        method: methods[index], trial: owners[index] < 0 ? nil : owners[index],
        sign: signs[index])
    }
  }

  private static func answers(
    _ fields: ResultFields, columns: Int, prompts: Int
  ) throws(StoreError) -> [[JudgedAnswer?]] {
    let shape = [columns, prompts]
    let texts = try fields.texts("answer", shape: shape)
    let refused = try fields.integers("refused", shape: shape)
    let tokens = try fields.integers("answer_tokens", shape: shape)
    let ends = try fields.texts("answer_end", shape: shape)
    return try (0..<columns).map { column throws(StoreError) in
      try (column * prompts..<(column + 1) * prompts).map { place throws(StoreError) in
        guard refused[place] >= 0 else { return nil }
        guard let end = JudgedAnswer.End(rawValue: ends[place]) else {
          throw fields.malformed("answer_end", "names no way in which an answer ends")
        }
        return JudgedAnswer(
          text: texts[place], tokenCount: tokens[place], end: end, isRefusal: refused[place] == 1)
      }
    }
  }

  /// Reads the vectors and cosines of the trials that have them.
  private mutating func readLessons(_ fields: ResultFields) throws(StoreError) {
    guard fields.has("cosine") else { return }
    let layers = try fields.integers("layer")
    let cosines = try fields.doubles(
      "cosine", shape: [trials.count, prompts.count, layers.count], finite: false)
    let known = try fields.integers("has_scores", shape: [trials.count])
    for trial in trials.indices where known[trial] == 1 {
      let name = Self.vectorsName(trial: trial)
      let vectors = try VectorSet(ResultFile.read(name, from: fields.path), path: fields.path)
      guard vectors.layers == layers, vectors.harmDirections != nil else {
        throw fields.malformed("layer", "is not that of \(name)")
      }
      var rows = prompts.map { _ in [Double]() }
      for prompt in trials[trial].reported {
        let start = (trial * prompts.count + prompt) * layers.count
        rows[prompt] = Array(cosines[start..<start + layers.count])
        guard rows[prompt].allSatisfy(\.isFinite) else {
          throw fields.malformed("cosine", "holds NaN for a prompt that is reported")
        }
      }
      trialVectors[trial] = TrialVectors(vectors: vectors, cosines: rows)
    }
  }
}
