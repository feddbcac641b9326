import ModelLibrary
import Prompts
import SteeringEngine

/// MMLU with examples: which letter comes after "Answer:".
///
/// Of the four letters' tokens, each with its space in front, the likeliest is the answer; of equal
/// ones the first. Under steering sigma is found for every question, from its whole prompt as the
/// user's turn of the chat template and the answer Sure. `scans-repo` steers all positions, since the
/// released code never finds its marker in these prompts; `scans-paper` from the last token on.
public struct MMLU: Sendable {
  private let model: LanguageModel
  private let engine: SteeringEngine
  private let rule: SteeringRule?
  private let prompt: MMLUPrompt
  private let memoryBudget: Int

  /// `shots` examples are shown, the first of each subject's.
  public init(
    model: LanguageModel, engine: SteeringEngine, rule: SteeringRule?, shots: Int,
    memoryBudget: Int
  ) throws(AnalysisError) {
    self.model = model
    self.engine = engine
    self.rule = rule
    self.memoryBudget = memoryBudget
    prompt = try MMLUPrompt(model: model, shots: shots)
  }

  /// Asks all questions; `progress` gets the share that is done, in 0...1.
  public func run(
    _ subjects: [MMLUSubject], shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) -> MMLUFindings {
    let asked = subjects.flatMap { subject in subject.questions.indices.map { (subject, $0) } }
    let names = asked.map { "question \($1 + 1) of \($0.name)" }
    let encoded = try asked.map { (subject, index) throws(AnalysisError) in
      try prompt.encode(index, of: subject)
    }
    let signs = try rule.map { (rule) throws(AnalysisError) in
      try rule.signs(
        ofTexts: zip(names, encoded).map { ($0, $1.text) }, model: model, engine: engine,
        memoryBudget: memoryBudget, shouldStop: shouldStop, progress: { progress($0 * signShare) })
    }
    let sequences = encoded.indices.flatMap { index in
      let variants = [[]] + (signs.map { [steering(encoded[index], $0[index])] } ?? [])
      return variants.map {
        TokenSequence(
          tokens: encoded[index].tokens, readPositions: [encoded[index].tokens.count - 1],
          interventions: $0)
      }
    }
    let scores = try scores(sequences, names, shouldStop) {
      progress(signShare + $0 * (1 - signShare))
    }
    let variants = rule == nil ? 1 : 2
    return MMLUFindings(
      questions: asked.indices.map { index in
        MMLUFindings.Question(
          subject: asked[index].0.name, number: asked[index].1 + 1,
          answer: asked[index].0.questions[asked[index].1].answer, shots: encoded[index].shots,
          logProbabilities: Array(scores[index * variants..<(index + 1) * variants]),
          sign: signs?[index])
      }, isSteered: rule != nil, letterTokens: prompt.letters.map { Int($0) },
      letterTexts: prompt.letters.map { TokenTexts(model).text(of: Int($0)) })
  }

  /// The share of the work that goes into signs, roughly.
  private var signShare: Double { rule?.classifier == nil ? 0 : 1.0 / 3 }

  private func steering(_ prompt: MMLUPrompt.Encoded, _ sign: PromptSign) -> [Intervention] {
    guard let rule else { return [] }
    let start = rule.profile == .repository ? 0 : prompt.tokens.count - 1
    return rule.addition.interventions(sigma: sign.sigma, queryEnd: start)
  }

  /// `[sequence][letter]`: log-probabilities, among all tokens.
  private func scores(
    _ sequences: [TokenSequence], _ names: [String],
    _ shouldStop: @escaping @Sendable () -> Bool, _ progress: (Double) -> Void
  ) throws(AnalysisError) -> [[Double]] {
    let variants = sequences.count / max(names.count, 1)
    let letters = prompt.letters.map { Int($0) }
    let found: [[Double]?]
    do throws(EngineError) {
      let rows = try engine.lastRows(
        sequences, memoryBudget: memoryBudget, shouldStop: shouldStop, progress: progress)
      found = try engine.reduceScores(of: rows, shouldStop: shouldStop) { _, scores in
        let sum = scores.logSum
        return letters.map { Double(scores[$0]) - sum }
      }
    } catch {
      throw error.naming(
        { (names[$0 / variants], sequences[$0].tokens) }, TokenTexts(model))
    }
    return try found.enumerated().map { (index, found) throws(AnalysisError) in
      guard let found, found.allSatisfy(\.isFinite) else {
        throw .capability(
          .notFinite(item: names[index / variants], steered: index % variants == 1))
      }
      return found
    }
  }
}
