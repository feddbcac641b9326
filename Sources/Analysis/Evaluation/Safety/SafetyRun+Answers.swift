import ActivationStore
import ModelLibrary
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
    progress: (Double) -> Void = { _ in }, commit: (SafetyEvaluation) throws -> Void = { _ in }
  ) throws -> SafetyEvaluation {
    var found = found
    try expectRoom(found)
    if found.hasSteered {
      for trial in found.trials.indices where found.lessons[trial] == nil {
        found.lessons[trial] = try lesson(of: found.trials[trial], shouldStop: shouldStop)
        // Anchors that give no threshold are an error now, not when all answers are there.
        _ = try found.decisions(trial: trial, reading: found.reading)
        try commit(found)
      }
    }
    var methods: [any AnswerMethod] = []
    for column in found.columns { methods.append(try method(column, found)) }
    let cells = try found.missingCells()
    var done = try found.progress().done
    let total = Double(done + cells.count)
    for start in stride(from: 0, to: cells.count, by: Self.answersAtOnce) {
      let batch = Array(cells[start..<min(start + Self.answersAtOnce, cells.count)])
      var lastCommit = ContinuousClock.now
      do throws(AnalysisError) {
        try answer(batch, found, by: methods, shouldStop) { cell, answer in
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
    return found
  }

  /// Refuses, before anything is generated, prompts that leave no room for an answer, and steering
  /// from an end of the query that the template does not mark.
  private func expectRoom(_ found: SafetyEvaluation) throws(AnalysisError) {
    let reported = Set(found.trials.flatMap(\.reported)).sorted().map { found.prompts[$0] }
    let limit = model.config.nCtx
    for column in found.columns where column.trial == nil {
      let requests = try method(column, found).requests(for: reported)
      for (prompt, request) in zip(reported, requests) {
        let longest = request.contexts.map(\.sequence.tokens.count).max() ?? 0
        guard longest < limit else {
          throw .noRoomForAnswer(id: prompt.fullID, tokens: longest, limit: limit)
        }
      }
    }
    if found.hasSteered {
      _ = try ActivationDump.encodeMarked(
        reported.prefix(1).map(\.prompt), model: model, format: PromptFormat())
    }
  }

  private func method(
    _ column: AnswerColumn, _ found: SafetyEvaluation
  ) throws(AnalysisError) -> any AnswerMethod {
    switch request.methods.first(where: { $0.name == column.method }) {
    case nil: return PlainMethod(column: column, model: model, format: PromptFormat())
    case .prompted(_, let format):
      return PlainMethod(column: column, model: model, format: format)
    case .selfContrast(let text):
      return SelfContrastMethod(column: column, model: model, safetyText: text)
    case .steered(let profile):
      let policy = try policy(profile, column, found)
      return SteeredMethod(column: column, model: model, policy: policy)
    }
  }

  private func policy(
    _ profile: SteeringProfile, _ column: AnswerColumn, _ found: SafetyEvaluation
  ) throws(AnalysisError) -> SteeringPolicy {
    guard let trial = column.trial, let lesson = found.lessons[trial] else {
      preconditionFailure("every trial of a steered method has had its lesson")
    }
    do throws(VectorError) {
      return try SteeringPolicy(
        vectors: lesson.vectors, path: lesson.vectors.source ?? "the anchors",
        layers: steeredLayers(.steered(profile)), alpha: request.alpha ?? profile.alpha,
        isUnit: profile.hasUnitVectors)
    } catch {
      throw .vectors(error)
    }
  }

  private func answer(
    _ cells: [SafetyEvaluation.Cell], _ found: SafetyEvaluation, by methods: [any AnswerMethod],
    _ shouldStop: @escaping @Sendable () -> Bool,
    finished: (SafetyEvaluation.Cell, JudgedAnswer) throws -> Void
  ) throws(AnalysisError) {
    var requests: [SafetyEvaluation.Cell: AnswerRequest] = [:]
    for (column, cells) in Dictionary(grouping: cells, by: \.column) {
      let made = try methods[column].requests(for: cells.map { found.prompts[$0.prompt] })
      for (cell, made) in zip(cells, made) { requests[cell] = made }
    }
    let generator = AnswerGenerator(
      model: model, engine: engine, judge: request.judge, options: request.answers,
      memoryBudget: memoryBudget)
    _ = try generator.answers(
      to: cells.compactMap { requests[$0] }, untilJudged: false,
      id: { found.prompts[cells[$0].prompt].fullID }, shouldStop: shouldStop,
      finished: { try finished(cells[$0], $1) })
  }
}
