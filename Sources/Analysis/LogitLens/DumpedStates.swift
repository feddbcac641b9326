import ActivationStore
import ModelLibrary
import SteeringEngine

/// Hidden states from an activation file.
public struct DumpedStates: StateSource {
  public let layers: [Int]
  public let positionNames: [String]
  public let prompts: [StoredPrompt]
  private let reader: ActivationReader
  /// `[position]`: places among the stored positions; empty where every stored row is read.
  private let places: [Int]

  public var name: String { reader.path }

  private static let hook = HookSite.residPost.rawValue

  /// Checks that the file has `resid_post` of `model` at the positions.
  public init(
    _ reader: ActivationReader, model: LanguageModel, positions: ReadPositions
  ) throws(AnalysisError) {
    try reader.header.model.expectSame(as: model, path: reader.path)
    do throws(StoreError) { _ = try reader.shape(of: Self.hook) } catch { throw .store(error) }
    self.reader = reader
    layers = reader.contents.layers
    (positionNames, places) = try Self.places(of: positions, in: reader)
    let (names, places) = (positionNames, places)
    prompts = reader.contents.prompts.map { prompt in
      let stored = prompt.positionTokens.map(Int.init)
      let indices =
        if !stored.isEmpty { places.map { stored[$0] } } else if names.isEmpty {
          Array(prompt.tokens.indices)
        } else { [prompt.tokens.count - 1] }
      return StoredPrompt(
        id: prompt.id, label: prompt.label, text: prompt.text, tokens: prompt.tokens,
        positionTokens: indices.map(Int32.init))
    }
  }

  public func states(
    of range: Range<Int>, layers: [Int], shouldStop: @escaping @Sendable () -> Bool,
    progress: (Double) -> Void
  ) throws(AnalysisError) -> [[Float]] {
    var states: [[Float]] = []
    for (done, layer) in layers.enumerated() {
      guard !shouldStop() else { throw .engine(.interrupted) }
      do throws(StoreError) {
        states.append(
          choose(from: try reader.rows(hook: Self.hook, layer: layer, prompts: range), of: range))
      } catch {
        throw .store(error)
      }
      progress(Double(done + 1) / Double(layers.count))
    }
    return states
  }

  /// The rows at the positions that are read, out of all that are stored.
  private func choose(from matrix: ActivationMatrix, of range: Range<Int>) -> [Float] {
    let stored = reader.contents.layout.positions.count
    if stored == 0, positionNames.isEmpty { return matrix.values }
    var values: [Float] = []
    var start = 0
    for prompt in reader.contents.prompts[range] {
      let count = stored == 0 ? prompt.tokens.count : stored
      for place in stored == 0 ? [count - 1] : places { values += matrix[row: start + place] }
      start += count
    }
    return values
  }

  private static func places(
    of positions: ReadPositions, in reader: ActivationReader
  ) throws(AnalysisError) -> (names: [String], places: [Int]) {
    let stored = reader.contents.layout.positions
    guard case .named(let wanted) = positions else {
      guard stored.isEmpty else {
        throw .lens(.notEveryToken(path: reader.path, stored: stored))
      }
      return ([], [])
    }
    var places: [Int] = []
    for position in wanted {
      if let place = stored.firstIndex(of: position.rawValue) {
        places.append(place)
      } else if !stored.isEmpty {
        throw .store(
          .unknownPosition(path: reader.path, position: position.rawValue, stored: stored))
      } else if position != .last {
        throw .lens(.noPosition(path: reader.path, position: position.rawValue))
      }
    }
    return (wanted.map(\.rawValue), places)
  }
}
