import ActivationStore
import ModelLibrary
import Numerics
import Prompts
import SteeringEngine

/// The states that refusal vectors and the classifier are about: `resid_post` at the query end, and
/// the transitions from there to the end of the response.
struct TransitionStates: Sendable {
  static let hook = "resid_post"
  static let queryEnd = "query-end"
  static let last = "last"

  /// Where the states are.
  private enum Source: Sendable {
    case file(ActivationReader)
    /// `[layer][prompt, position, dModel]`, the positions being query end and last.
    case memory([[Float]], dModel: Int)
  }

  /// What the states are called in errors: the file, or the model that was run.
  let name: String
  let prompts: [(id: String, label: String, text: String)]
  /// The blocks that have states, ascending.
  let layers: [Int]
  /// Whether every prompt has a response, so that its last token is not the query end.
  let hasTransitions: Bool
  private let source: Source

  /// Refuses a file without these states.
  init(_ reader: ActivationReader) throws(VectorError) {
    let contents = reader.contents
    guard contents.hooks.contains(where: { $0.name == Self.hook }) else {
      throw .store(
        .unknownHook(path: reader.path, hook: Self.hook, stored: contents.hooks.map(\.name)))
    }
    let positions = contents.layout.positions
    guard let queryEnd = positions.firstIndex(of: Self.queryEnd) else {
      throw .store(
        .unknownPosition(path: reader.path, position: Self.queryEnd, stored: positions))
    }
    let last = positions.firstIndex(of: Self.last)
    name = reader.path
    prompts = contents.prompts.map { ($0.id, $0.label, $0.text) }
    layers = contents.layers
    hasTransitions =
      last.map { last in
        contents.prompts.allSatisfy { $0.positionTokens[queryEnd] != $0.positionTokens[last] }
      } ?? false
    source = .file(reader)
  }

  /// Runs a model over prompts now, and holds their states at `layers`.
  ///
  /// `format` has the response whose last token a transition ends at, Sure in SCANS.
  init(
    of prompts: [Prompt], model: LanguageModel, engine: SteeringEngine, format: PromptFormat,
    layers: [Int], memoryBudget: Int, shouldStop: @escaping @Sendable () -> Bool,
    progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) {
    let states = try ComputedStates(
      model: model, engine: engine, prompts: prompts, format: format,
      positions: .named([.queryEnd, .last]), memoryBudget: memoryBudget)
    name = model.name
    self.prompts = prompts.map { ($0.id, $0.label ?? "", $0.text) }
    self.layers = layers
    hasTransitions = states.prompts.allSatisfy { $0.positionTokens[0] != $0.positionTokens[1] }
    source = .memory(
      try states.states(
        of: prompts.indices, layers: layers, shouldStop: shouldStop, progress: progress),
      dModel: engine.config.dModel)
  }

  /// `[prompt][dModel]`, the states at the query end.
  func queryEnds(layer: Int) throws(VectorError) -> [[Float]] {
    try rows(layer: layer, position: Self.queryEnd)
  }

  /// `[prompt][dModel]`: a_t = a_p - a_e of SCANS' equation 2, the state at the query end minus the one at
  /// the last token.
  func transitions(layer: Int) throws(VectorError) -> [[Double]] {
    let ends = try rows(layer: layer, position: Self.last)
    return zip(try queryEnds(layer: layer), ends).map { difference($0, $1) }
  }

  private func rows(layer: Int, position: String) throws(VectorError) -> [[Float]] {
    switch source {
    case .file(let reader):
      do throws(StoreError) {
        let matrix = try reader.matrix(hook: Self.hook, layer: layer, position: position)
        return (0..<matrix.rows).map { Array(matrix[row: $0]) }
      } catch {
        throw .store(error)
      }
    case .memory(let states, let dModel):
      guard let place = layers.firstIndex(of: layer) else {
        throw .noSuchLayer(path: name, layer: layer, stored: layers)
      }
      let first = position == Self.queryEnd ? 0 : dModel
      return stride(from: first, to: states[place].count, by: 2 * dModel).map {
        Array(states[place][$0..<$0 + dModel])
      }
    }
  }
}
