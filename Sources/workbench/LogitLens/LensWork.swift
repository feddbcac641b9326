import ActivationStore
import Analysis
import ArgumentParser
import ModelLibrary
import Prompts
import SteeringEngine

/// From what a user names to a report: opens, checks, and applies the lens.
struct LensWork {
  let model: LanguageModel
  let options: LensOptions
  let engine: SteeringEngine
  private let memoryBudget: Int

  init(model: LanguageModel, options: LensOptions, engine: EngineOptions) throws {
    self.model = model
    self.options = options
    self.engine = try engine.makeEngine(model)
    memoryBudget = engine.budget
  }

  /// The lens of a file's vectors.
  func vectors(_ path: String) throws -> VectorLensTables {
    guard options.kl == nil, options.positions == nil else {
      throw ValidationError("--kl and --positions are for states, and \(path) is read as vectors.")
    }
    let set = try VectorSet.read(path)
    try set.expectMatches(StoredModel(model), path: path, allowOther: false)
    let lens = try makeLens(finalNorm: false)
    let found = try lens.read(
      set, layers: options.layers?.layers, path: path,
      shouldStop: { Interruption.isRequested })
    let unit = set.isUnit ? ", unit length" : ""
    return VectorLensTables(
      lens: found,
      context: try context(
        lens, subject: "Vectors of \(path) (\(set.kind.rawValue)\(unit))", source: path))
  }

  /// The lens of the states in an activation file.
  func states(_ path: String) throws -> StateLensTables {
    let states = try DumpedStates(
      ActivationReader(path: path), model: model, positions: positions)
    return try read(states, subject: "States (resid_post) of \(path)", source: path)
  }

  /// The lens of states that are computed now.
  func states(
    _ prompts: [Prompt], from source: String, format: PromptFormat
  ) throws -> StateLensTables {
    let states = try ComputedStates(
      model: model, engine: engine, prompts: prompts, format: format, positions: positions,
      memoryBudget: memoryBudget)
    return try read(states, subject: "States (resid_post) of \(source)", source: source)
  }

  private var positions: ReadPositions { options.positions?.positions ?? .named([.last]) }

  private func read(
    _ states: some StateSource, subject: String, source: String
  ) throws -> StateLensTables {
    let lens = try makeLens(finalNorm: true)
    var line = ProgressLine(total: states.prompts.reduce(0) { $0 + $1.tokens.count })
    defer { line.end() }
    let found = try lens.read(
      states, layers: options.layers?.layers, comparingToOutput: options.kl ?? true,
      shouldStop: { Interruption.isRequested }, progress: { line.show($0) })
    return StateLensTables(
      lens: found, context: try context(lens, subject: subject, source: source))
  }

  private func makeLens(finalNorm: Bool) throws -> LogitLens {
    LogitLens(
      engine: engine, request: try options.request(TokenTexts(model), finalNorm: finalNorm))
  }

  private func context(
    _ lens: LogitLens, subject: String, source: String
  ) throws -> LensContext {
    LensContext(
      subject: subject, modelName: model.name, request: lens.request, texts: TokenTexts(model),
      layout: try LensGroup(request: lens.request, model: model, source: source))
  }
}
