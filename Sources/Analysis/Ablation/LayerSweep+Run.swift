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
      let interventions = PointInterventions(
        vectors: request.vectors?.set, sites: request.sites,
        means: try means(shouldStop: shouldStop))
      for batch in batches(of: found) {
        let points: [AblationPoint?] = batch.map { $0.map { request.points[$0] } }
        let outcomes = try measure(points, interventions, shouldStop) { share in
          progress((Double(found.doneCount) + share * Double(batch.count)) / total)
        }
        for (place, outcome) in zip(batch, outcomes) {
          if let place { found.outcomes[place] = outcome } else { found.baseline = outcome }
        }
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

  private func measure(
    _ points: [AblationPoint?], _ interventions: PointInterventions,
    _ shouldStop: @escaping @Sendable () -> Bool, _ progress: (Double) -> Void
  ) throws -> [Ablation.Outcome] {
    // Most of the time goes into answers where there are any.
    let scored = request.answers == nil ? 1.0 : 0.1
    var outcomes = try firstTokens(points, interventions, shouldStop) { progress($0 * scored) }
    if let answers = request.answers {
      let generator = AnswerGenerator(
        model: model, engine: engine, judge: answers.judge, options: answers.options,
        memoryBudget: memoryBudget)
      let texts = try generator.answers(
        to: sequences(under: points, interventions).map(AnswerRequest.init), untilJudged: true,
        id: { prompts[$0 / points.count].id }, shouldStop: shouldStop,
        progress: { progress(scored + (1 - scored) * $0) })
      for point in points.indices {
        outcomes[point].answers = prompts.indices.map { prompt in
          let answer = texts[prompt * points.count + point]
          return Ablation.Answer(text: answer.text, isRefusal: answer.isRefusal)
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

  /// Refusal log-odds and divergences at the first answer token.
  private func firstTokens(
    _ points: [AblationPoint?], _ interventions: PointInterventions,
    _ shouldStop: @escaping @Sendable () -> Bool, _ progress: (Double) -> Void
  ) throws -> [Ablation.Outcome] {
    // The unablated row comes first for every prompt: divergences are from it.
    let variants = [nil] + points
    let rows = try lastRows(variants, interventions, shouldStop, progress)
    let perPrompt = variants.count * engine.config.dModel
    var outcomes = points.map { _ in
      Ablation.Outcome(refusalLogOdds: [], divergences: [], answers: nil, perplexity: nil)
    }
    for start in stride(from: 0, to: prompts.count, by: Self.distributionsAtOnce) {
      let range = start..<min(start + Self.distributionsAtOnce, prompts.count)
      let part = Array(rows[range.lowerBound * perPrompt..<range.upperBound * perPrompt])
      let read = try firstTokens(part, variants, prompts: range, shouldStop)
      for (index, found) in read.enumerated() where index % variants.count > 0 {
        outcomes[index % variants.count - 1].refusalLogOdds.append(found.logOdds)
        outcomes[index % variants.count - 1].divergences.append(found.divergence)
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

  /// `rows` are `[prompt, variant, dModel]`, the unablated variant first.
  private func firstTokens(
    _ rows: [Float], _ variants: [AblationPoint?], prompts range: Range<Int>,
    _ shouldStop: @escaping @Sendable () -> Bool
  ) throws -> [(logOdds: Double, divergence: Double)] {
    let (width, count) = (engine.config.dModel, variants.count)
    let unablated = range.indices.flatMap { prompt in
      let start = (prompt - range.lowerBound) * count * width
      return rows[start..<start + width]
    }
    let refusals = request.refusalTokens.ids
    let outputs = try engine.reduceScores(of: unablated, shouldStop: shouldStop) { _, scores in
      ModelOutput(scores, logSum: FirstToken(scores, refusals: refusals).logSum)
    }
    let read = try engine.reduceScores(of: rows, shouldStop: shouldStop) { row, scores in
      let first = FirstToken(scores, refusals: refusals)
      let divergence = outputs[row / count]?.divergence(of: scores, logSum: first.logSum)
      return (logOdds: first.refusalLogOdds, divergence: divergence ?? .nan)
    }
    return try read.enumerated().map { row, found in
      guard let found, found.divergence.isFinite, found.logOdds.isFinite else {
        throw AnalysisError.ablation(
          .notFinite(
            point: variants[row % count], prompt: prompts[range.lowerBound + row / count].id))
      }
      return found
    }
  }
}
