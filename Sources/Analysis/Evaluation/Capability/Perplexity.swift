import ModelLibrary
import SteeringEngine

/// The perplexity of texts, as the model is and, if asked for, steered by SCANS's rule.
///
/// Plain text is steered at all positions, a chat from the query end on. Sigma is found for every
/// window on its own, from its text as the user's turn of the chat template and the answer Sure.
public struct Perplexity: Sendable {
  private let model: LanguageModel
  private let engine: SteeringEngine
  private let rule: SteeringRule?
  private let memoryBudget: Int

  public init(
    model: LanguageModel, engine: SteeringEngine, rule: SteeringRule?, memoryBudget: Int
  ) {
    self.model = model
    self.engine = engine
    self.rule = rule
    self.memoryBudget = memoryBudget
  }

  /// Measures `texts`; `progress` gets the share that is done, in 0...1.
  public func run(
    _ texts: [TextPerplexity], shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) -> PerplexityFindings {
    let windows = texts.flatMap { text in text.windows.map { (text, $0) } }
    let names = texts.flatMap { text in
      text.windows.indices.map { "window \($0 + 1) of \(text.name)" }
    }
    let signs = try signs(of: texts, names, shouldStop) { progress($0 * signShare) }
    let sequences = windows.indices.flatMap { index in
      let window = windows[index].1
      let variants = [[]] + (signs.map { signs in [steering(window, signs[index])] } ?? [])
      return variants.map { window.sequence(under: $0) }
    }
    let variants = rule == nil ? 1 : 2
    let losses: [Double?]
    do throws(EngineError) {
      losses = try engine.losses(
        of: sequences,
        targets: windows.flatMap { Array(repeating: $0.1.targets, count: variants) },
        memoryBudget: memoryBudget, shouldStop: shouldStop,
        progress: { progress(signShare + $0 * (1 - signShare)) })
    } catch {
      throw error.naming(
        { (names[$0 / variants], sequences[$0].tokens) }, TokenTexts(model))
    }
    for (index, loss) in losses.enumerated() where !(loss?.isFinite ?? false) {
      throw .capability(
        .notFinite(item: names[index / variants], steered: index % variants == 1))
    }
    return findings(texts, losses.compactMap { $0 }, variants, signs)
  }

  /// The share of the work that goes into signs, roughly: they and either variant read all tokens.
  private var signShare: Double { rule?.classifier == nil ? 0 : 1.0 / 3 }

  private func steering(_ window: TextWindows.Window, _ sign: PromptSign) -> [Intervention] {
    rule?.addition.interventions(sigma: sign.sigma, queryEnd: window.steeredFrom) ?? []
  }

  private func signs(
    of texts: [TextPerplexity], _ names: [String], _ shouldStop: @escaping @Sendable () -> Bool,
    _ progress: (Double) -> Void
  ) throws(AnalysisError) -> [PromptSign]? {
    guard let rule else { return nil }
    let parts = try texts.map { (text) throws(AnalysisError) in try text.windowTexts(model) }
    return try rule.signs(
      ofTexts: zip(names, parts.joined()).map { ($0, $1) }, model: model, engine: engine,
      memoryBudget: memoryBudget, shouldStop: shouldStop, progress: progress)
  }

  private func findings(
    _ texts: [TextPerplexity], _ losses: [Double], _ variants: Int, _ signs: [PromptSign]?
  ) -> PerplexityFindings {
    var place = 0
    return PerplexityFindings(
      texts: texts.map { text in
        PerplexityFindings.Text(
          name: text.name, path: text.path, format: text.format, tokens: text.tokenCount,
          words: text.wordCount, bytes: text.byteCount,
          windows: text.windows.map { window in
            defer { place += 1 }
            return PerplexityFindings.Window(
              first: window.part.lowerBound, scored: window.targets.count,
              losses: Array(losses[place * variants..<(place + 1) * variants]),
              sign: signs?[place])
          })
      }, isSteered: rule != nil)
  }
}
