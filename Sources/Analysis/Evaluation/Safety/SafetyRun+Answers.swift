import ModelLibrary
import Prompts
import SteeringEngine

extension SafetyRun {
  /// Answers that go to the engine together.
  private static let answersAtOnce = 1024
  /// What is lost at most when a run is killed, and the time to write a file again.
  private static let commitInterval = Duration.seconds(30)

  /// Answers what `found` does not know yet.
  ///
  /// `commit` gets the evaluation now and then, at the end, and when the run is stopped; `progress`
  /// the share of the answers that are there, in 0...1.
  public func run(
    from found: SafetyEvaluation, shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: (Double) -> Void = { _ in },
    commit: (SafetyEvaluation) throws(AnalysisError) -> Void = { _ in }
  ) throws(AnalysisError) -> SafetyEvaluation {
    var found = found
    let reported = Set(found.trials.flatMap(\.reported)).sorted()
    let plain = try encode(reported, format: PromptFormat(), steered: found.hasSteered)
    var methods: [AnswerColumn: any AnswerMethod] = [:]
    for column in found.columns where column.trial == nil {
      methods[column] = try unsteered(column, reported, plain)
    }
    try expectRoom(reported, methods.values)
    if found.hasSteered {
      for trial in found.trials.indices where found.trialVectors[trial] == nil {
        found.trialVectors[trial] = try trialVectors(
          of: found.trials[trial], shouldStop: shouldStop)
        // Anchors that give no threshold are an error now, not when all answers are there.
        do throws(VectorError) {
          _ = try found.decisions(trial: trial, signRule: found.signRule)
        } catch {
          throw .vectors(error)
        }
        try commit(found)
      }
      for (place, column) in found.columns.enumerated() where column.trial != nil {
        let addition = try addition(of: column, found)
        methods[column] = SteeredMethod(column: column, encoded: plain, addition: addition)
        found.addedShares[place] = addition.shares.map {
          Dictionary(uniqueKeysWithValues: zip(addition.layers, $0))
        }
      }
    }
    let cells = try found.missingCells()
    var done = try found.progress().done
    let total = Double(done + cells.count)
    for start in stride(from: 0, to: cells.count, by: Self.answersAtOnce) {
      let batch = Array(cells[start..<min(start + Self.answersAtOnce, cells.count)])
      var lastCommit = ContinuousClock.now
      do throws(AnalysisError) {
        try answer(batch, found, by: methods, shouldStop) { (cell, answer) throws(AnalysisError) in
          found.answers[cell.column][cell.prompt] = answer
          done += 1
          progress(Double(done) / total)
          guard lastCommit.duration(to: .now) > Self.commitInterval else { return }
          try commit(found)
          lastCommit = .now
        }
      } catch {
        if case .engine(.interrupted) = error { try commit(found) }
        throw error
      }
      try commit(found)
    }
    try score(&found, plain, shouldStop, commit)
    try diverge(&found, plain, methods, shouldStop, commit)
    found.markImprobableAnswers()
    try commit(found)
    return found
  }

  /// Finds how little the model as it is would say the answers, whatever they were given under.
  private func score(
    _ found: inout SafetyEvaluation, _ plain: [Int: EncodedPrompt],
    _ shouldStop: @escaping @Sendable () -> Bool,
    _ commit: (SafetyEvaluation) throws(AnalysisError) -> Void
  ) throws(AnalysisError) {
    let cells = found.unscoredCells
    for start in stride(from: 0, to: cells.count, by: Self.answersAtOnce) {
      let batch = cells[start..<min(start + Self.answersAtOnce, cells.count)]
      let surprisals = try generator.surprisals(
        of: batch.compactMap { found.answers[$0.column][$0.prompt]?.text },
        to: batch.compactMap { plain[$0.prompt] },
        id: { found.prompts[batch[batch.startIndex + $0].prompt].fullID }, shouldStop: shouldStop)
      for (cell, surprisal) in zip(batch, surprisals) {
        found.answers[cell.column][cell.prompt]?.surprisal = surprisal
      }
      try commit(found)
    }
  }

  /// Finds how far steering moves the model from itself along Default's answers.
  private func diverge(
    _ found: inout SafetyEvaluation, _ plain: [Int: EncodedPrompt],
    _ methods: [AnswerColumn: any AnswerMethod], _ shouldStop: @escaping @Sendable () -> Bool,
    _ commit: (SafetyEvaluation) throws(AnalysisError) -> Void
  ) throws(AnalysisError) {
    let cells = found.unmeasuredCells
    for start in stride(from: 0, to: cells.count, by: Self.answersAtOnce) {
      let batch = Array(cells[start..<min(start + Self.answersAtOnce, cells.count)])
      let divergences = try generator.divergences(
        along: batch.map { found.answers[0][$0.prompt]?.text ?? "" },
        to: batch.compactMap { plain[$0.prompt] },
        under: batch.flatMap { cell in
          methods[found.columns[cell.column]]?.requests(for: [cell.prompt]).map {
            $0.contexts[0].sequence.interventions
          } ?? []
        }, id: { found.prompts[batch[$0].prompt].fullID }, shouldStop: shouldStop)
      for (cell, divergence) in zip(batch, divergences) {
        found.divergences[cell.column][cell.prompt] = divergence
      }
      try commit(found)
    }
  }

  private var generator: AnswerGenerator {
    AnswerGenerator(
      model: model, engine: engine, judge: request.judge, options: request.answers,
      memoryBudget: memoryBudget)
  }

  /// Prompts of the evaluation, by their indices, as the model reads them after `prefix`.
  private func encode(
    _ prompts: [Int], format: PromptFormat, after prefix: String = "", steered: Bool = false
  ) throws(AnalysisError) -> [Int: EncodedPrompt] {
    let encoded = try model.encode(
      prompts.map { index in
        var prompt = request.split.prompts[index].prompt
        prompt.text = prefix + prompt.text
        return prompt
      }, format: format, steered: steered)
    return Dictionary(uniqueKeysWithValues: zip(prompts, encoded))
  }

  /// Refuses, before anything is generated, prompts that leave no room for an answer.
  private func expectRoom(
    _ prompts: [Int], _ methods: some Collection<any AnswerMethod>
  ) throws(AnalysisError) {
    let limit = model.config.nCtx
    for method in methods {
      for (index, request) in zip(prompts, method.requests(for: prompts)) {
        let longest = request.contexts.map(\.sequence.tokens.count).max() ?? 0
        guard longest < limit else {
          throw .noRoomForAnswer(
            id: self.request.split.prompts[index].fullID, tokens: longest, limit: limit)
        }
      }
    }
  }

  private func unsteered(
    _ column: AnswerColumn, _ prompts: [Int], _ plain: [Int: EncodedPrompt]
  ) throws(AnalysisError) -> any AnswerMethod {
    switch request.methods.first(where: { $0.name == column.method }) {
    case .prompted(_, let format):
      return PlainMethod(column: column, encoded: try encode(prompts, format: format))
    case .selfContrast(let text):
      let warned = try encode(prompts, format: PromptFormat(), after: text + " ")
      return SelfContrastMethod(column: column, warned: warned, plain: plain)
    case nil, .steered: return PlainMethod(column: column, encoded: plain)
    }
  }

  private func addition(
    of column: AnswerColumn, _ found: SafetyEvaluation
  ) throws(AnalysisError) -> SteeringAddition {
    guard let trial = column.trial, let known = found.trialVectors[trial],
      let method = request.methods.first(where: { $0.name == column.method }),
      case .steered(let profile) = method
    else {
      preconditionFailure("every trial of a steered method has its vectors")
    }
    do throws(VectorError) {
      return try SteeringAddition(
        vectors: column.control.map { known.vectors.control($0) } ?? known.vectors,
        path: known.vectors.source ?? "the anchors",
        layers: steeredLayers(method), alpha: request.alpha ?? profile.alpha,
        isUnit: profile.hasUnitVectors)
    } catch {
      throw .vectors(error)
    }
  }

  private func answer(
    _ cells: [SafetyEvaluation.Cell], _ found: SafetyEvaluation,
    by methods: [AnswerColumn: any AnswerMethod], _ shouldStop: @escaping @Sendable () -> Bool,
    finished: (SafetyEvaluation.Cell, JudgedAnswer) throws(AnalysisError) -> Void
  ) throws(AnalysisError) {
    _ = try generator.answers(
      to: cells.flatMap { cell in
        methods[found.columns[cell.column]]?.requests(for: [cell.prompt]) ?? []
      }, prompt: { found.prompts[cells[$0].prompt].prompt },
      shouldStop: shouldStop,
      finished: { (index, answer) throws(AnalysisError) in try finished(cells[index], answer) })
  }
}
