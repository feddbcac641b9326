import ModelLibrary
import SteeringEngine

extension LayerSweep {
  /// Sequences of one run of the engine at most; what is lost when a sweep is killed.
  private static let (scoredAtOnce, answeredAtOnce) = (16_384, 2048)
  /// Prompts whose unablated distributions are held at once.
  private static let distributionsAtOnce = 64

  /// Measures the points that `found` does not know yet.
  ///
  /// `commit` gets the result after every few points; `progress` the share of the points that are
  /// done, in 0...1.
  public func run(
    from found: Ablation, shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: (Double) -> Void = { _ in }, commit: (Ablation) throws -> Void = { _ in }
  ) throws -> Ablation {
    var found = found
    do {
      let interventions = try PointInterventions(
        for: request.points, vectors: request.vectors, sites: request.sites,
        means: try means(shouldStop: shouldStop))
      var unablated: [Float]?
      for batch in batches(of: found) {
        let points: [AblationPoint?] = batch.map { $0.map { request.points[$0] } }
        let outcomes = try measure(points, interventions, &unablated, shouldStop) { share in
          progress((Double(found.doneCount) + share * Double(batch.count)) / total)
        }
        for (place, outcome) in zip(batch, outcomes) {
          if let place { found.outcomes[place] = outcome } else { found.baseline = outcome }
        }
        found.markImprobableAnswers()
        try commit(found)
      }
    } catch let error as EngineError {
      throw AnalysisError.engine(error)
    }
    return found
  }

  private var total: Double { Double(request.points.count + 1) }

  /// Places of points that are missing, in batches; nil stands for the unablated model.
  func batches(of found: Ablation) -> [[Int?]] {
    let missing: [Int?] =
      (found.baseline == nil ? [nil] : [])
      + found.outcomes.indices.filter { found.outcomes[$0] == nil }.map { $0 }
    let sequences = request.answers == nil ? Self.scoredAtOnce : Self.answeredAtOnce
    let size = max(sequences / prompts.count, 1)
    return stride(from: 0, to: missing.count, by: size).map {
      Array(missing[$0..<min($0 + size, missing.count)])
    }
  }

  /// `unablated` are the unablated model's rows, `[prompt, dModel]`, once they are known.
  private func measure(
    _ points: [AblationPoint?], _ interventions: PointInterventions, _ unablated: inout [Float]?,
    _ shouldStop: @escaping @Sendable () -> Bool, _ progress: (Double) -> Void
  ) throws -> [Ablation.Outcome] {
    // Most of the time goes into answers where there are any.
    let scored = request.answers == nil ? 1.0 : 0.1
    var outcomes = try firstTokens(points, interventions, &unablated, shouldStop) {
      progress($0 * scored)
    }
    if let answers = request.answers {
      let generator = AnswerGenerator(
        model: model, engine: engine, judge: answers.judge, options: answers.options,
        memoryBudget: memoryBudget)
      var texts = try generator.answers(
        to: sequences(under: points, interventions).map(AnswerRequest.init),
        prompt: { prompts[$0 / points.count] }, shouldStop: shouldStop,
        progress: { progress(scored + (1 - scored) * $0) })
      try generator.score(
        &texts, text: \.text, to: texts.indices.map { encoded[$0 / points.count] },
        id: { prompts[$0 / points.count].id }, shouldStop: shouldStop)
      for point in points.indices {
        outcomes[point].answers = prompts.indices.map { prompt in
          let answer = texts[prompt * points.count + point]
          return Ablation.Answer(
            text: answer.text, isRefusal: answer.isRefusal, defect: answer.defect,
            surprisal: answer.surprisal)
        }
      }
    }
    if let text {
      let found = try text.perplexities(
        under: points.map { point in
          point.map { interventions.interventions($0, positions: .all) } ?? []
        }, engine: engine, memoryBudget: memoryBudget, shouldStop: shouldStop)
      for (point, perplexity) in found.enumerated() {
        guard let perplexity, perplexity.isFinite else {
          throw AnalysisError.ablation(.notFinite(point: points[point], prompt: "of the text"))
        }
        outcomes[point].perplexity = perplexity
      }
    }
    return outcomes
  }

  /// What has to be run for points: the unablated model only where its rows are not known yet.
  static func variants(of points: [AblationPoint?], hasUnablated: Bool) -> [AblationPoint?] {
    (hasUnablated ? [] : [nil]) + points.filter { $0 != nil }
  }

  /// Refusal log-odds and divergences at the first answer token.
  private func firstTokens(
    _ points: [AblationPoint?], _ interventions: PointInterventions, _ unablated: inout [Float]?,
    _ shouldStop: @escaping @Sendable () -> Bool, _ progress: (Double) -> Void
  ) throws -> [Ablation.Outcome] {
    let variants = Self.variants(of: points, hasUnablated: unablated != nil)
    let changed = points.compactMap { $0 }
    let width = engine.config.dModel
    var rows = try lastRows(variants, interventions, shouldStop, progress)
    let known: [Float]
    if let unablated {
      known = unablated
    } else {
      let perPrompt = variants.count * width
      let starts = stride(from: 0, to: rows.count, by: perPrompt)
      known = starts.flatMap { rows[$0..<$0 + width] }
      rows = starts.flatMap { rows[$0 + width..<$0 + perPrompt] }
      unablated = known
    }
    var outcomes = points.map { _ in
      Ablation.Outcome(refusalLogOdds: [], divergences: [], answers: nil, perplexity: nil)
    }
    for start in stride(from: 0, to: prompts.count, by: Self.distributionsAtOnce) {
      let range = start..<min(start + Self.distributionsAtOnce, prompts.count)
      func part(_ rows: [Float], _ perPrompt: Int) -> [Float] {
        Array(rows[range.lowerBound * perPrompt..<range.upperBound * perPrompt])
      }
      let baselines = try baselines(part(known, width), prompts: range, shouldStop)
      var found = try ablated(
        part(rows, changed.count * width), changed, baselines, prompts: range, shouldStop)[...]
      for baseline in baselines {
        for (index, point) in points.enumerated() {
          // The unablated model diverges from itself by nothing.
          let read =
            point == nil ? (logOdds: baseline.logOdds, divergence: 0) : found.removeFirst()
          outcomes[index].refusalLogOdds.append(read.logOdds)
          outcomes[index].divergences.append(read.divergence)
        }
      }
    }
    return outcomes
  }

  /// `[prompt, variant, dModel]`; an error names the prompt.
  private func lastRows(
    _ variants: [AblationPoint?], _ interventions: PointInterventions,
    _ shouldStop: @escaping @Sendable () -> Bool, _ progress: (Double) -> Void
  ) throws(AnalysisError) -> [Float] {
    do throws(EngineError) {
      return try engine.lastRows(
        sequences(under: variants, interventions), memoryBudget: memoryBudget,
        shouldStop: shouldStop, progress: progress)
    } catch {
      throw error.naming(
        { (prompts[$0 / variants.count].id, encoded[$0 / variants.count].tokens) },
        TokenTexts(model))
    }
  }

  /// What the unablated model's rows `[prompt, dModel]` say.
  private func baselines(
    _ rows: [Float], prompts range: Range<Int>, _ shouldStop: @escaping @Sendable () -> Bool
  ) throws -> [(logOdds: Double, output: ModelOutput)] {
    let refusals = request.refusalTokens.ids
    let read = try engine.reduceScores(of: rows, shouldStop: shouldStop) { _, scores in
      let first = FirstToken(scores, refusals: refusals)
      return (
        logOdds: first.refusalLogOdds, output: ModelOutput(scores, logSum: first.logSum)
      )
    }
    return try zip(range, read).map { prompt, found in
      guard let found, found.logOdds.isFinite else { throw notFinite(point: nil, prompt) }
      return found
    }
  }

  /// What rows `[prompt, point, dModel]` say beside the unablated model's.
  private func ablated(
    _ rows: [Float], _ points: [AblationPoint],
    _ baselines: [(logOdds: Double, output: ModelOutput)], prompts range: Range<Int>,
    _ shouldStop: @escaping @Sendable () -> Bool
  ) throws -> [(logOdds: Double, divergence: Double)] {
    guard !points.isEmpty else { return [] }
    let (refusals, count) = (request.refusalTokens.ids, points.count)
    let outputs = baselines.map(\.output)
    let read = try engine.reduceScores(of: rows, shouldStop: shouldStop) { row, scores in
      let first = FirstToken(scores, refusals: refusals)
      return (
        logOdds: first.refusalLogOdds,
        divergence: outputs[row / count].divergence(of: scores, logSum: first.logSum)
      )
    }
    return try read.enumerated().map { row, found in
      guard let found, found.divergence.isFinite, found.logOdds.isFinite else {
        throw notFinite(point: points[row % count], range.lowerBound + row / count)
      }
      return found
    }
  }

  private func notFinite(point: AblationPoint?, _ prompt: Int) -> AnalysisError {
    .ablation(.notFinite(point: point, prompt: prompts[prompt].id))
  }
}
