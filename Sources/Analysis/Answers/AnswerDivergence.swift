import ModelLibrary
import SteeringEngine

extension AnswerGenerator {
  /// Tokens of an answer that are read, and answers that are read together, at most.
  private static let (divergenceTokens, divergencesAtOnce) = (16, 128)
  /// Rows whose distributions are held at once.
  private static let distributionsAtOnce = 64

  /// `[answer]`: the mean of KL(unsteered || steered) over the first tokens of unsteered answers, in
  /// nats: how far the steered model is from the model as it is at each place of what that says.
  ///
  /// `interventions` are what steers; of an empty answer the place of its first token counts.
  func divergences(
    along texts: [String], to prompts: [EncodedPrompt], under interventions: [[Intervention]],
    id: (Int) -> String, shouldStop: @escaping @Sendable () -> Bool
  ) throws(AnalysisError) -> [Double] {
    var found: [Double] = []
    for start in stride(from: 0, to: texts.count, by: Self.divergencesAtOnce) {
      let range = start..<min(start + Self.divergencesAtOnce, texts.count)
      let unsteered = try range.map { (index) throws(AnalysisError) in
        try sequence(prompts[index], answered: texts[index])
      }
      let steered = zip(unsteered, interventions[range]).map { sequence, interventions in
        TokenSequence(
          tokens: sequence.tokens, readPositions: sequence.readPositions,
          interventions: interventions)
      }
      do throws(EngineError) {
        let (before, after) = (
          try engine.lastRows(unsteered, memoryBudget: memoryBudget, shouldStop: shouldStop),
          try engine.lastRows(steered, memoryBudget: memoryBudget, shouldStop: shouldStop)
        )
        let counts = unsteered.map(\.readPositions.count)
        for (place, mean) in try meanDivergences(before, after, counts, shouldStop).enumerated() {
          guard let mean else {
            throw EngineError.nonFinite(
              .logits, sequence: place, position: prompts[start + place].last)
          }
          found.append(mean)
        }
      } catch {
        throw error.naming(
          { (id(start + $0), unsteered[$0].tokens) }, TokenTexts(model))
      }
    }
    return found
  }

  /// A prompt and what an answer begins with, read where its tokens are predicted.
  private func sequence(
    _ prompt: EncodedPrompt, answered text: String
  ) throws(AnalysisError) -> TokenSequence {
    let answer: [Int32]
    do throws(ModelError) { answer = try model.plainTokens(of: text) } catch {
      throw .model(error)
    }
    let room = min(Self.divergenceTokens, model.config.nCtx - prompt.tokens.count)
    let tokens = prompt.tokens + answer.prefix(max(room, 0)).dropLast()
    return TokenSequence(
      tokens: tokens, readPositions: Array(prompt.tokens.count - 1..<tokens.count))
  }

  /// `[answer]`: means over its rows, `counts` being how many `before` and `after` have of each; nil
  /// where a score is not finite.
  private func meanDivergences(
    _ before: [Float], _ after: [Float], _ counts: [Int],
    _ shouldStop: @escaping @Sendable () -> Bool
  ) throws(EngineError) -> [Double?] {
    let width = engine.config.dModel
    let total = counts.reduce(0, +)
    var divergences: [Double?] = []
    for start in stride(from: 0, to: total, by: Self.distributionsAtOnce) {
      let rows = start * width..<min(start + Self.distributionsAtOnce, total) * width
      let outputs = try engine.reduceScores(of: Array(before[rows]), shouldStop: shouldStop) {
        ModelOutput($1, logSum: $1.logSum)
      }
      divergences += try engine.reduceScores(of: Array(after[rows]), shouldStop: shouldStop) {
        outputs[$0]?.divergence(of: $1, logSum: $1.logSum)
      }.map { $0 ?? nil }
    }
    var first = 0
    return counts.map { count in
      defer { first += count }
      return divergences[first..<first + count].sum.map { $0 / Double(count) }
    }
  }
}
