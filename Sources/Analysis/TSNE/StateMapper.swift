import ActivationStore
import Dispatch
import Numerics
import Synchronization
import TSNE

/// Embeds the hidden states of every layer of an activation file.
///
/// The middle layer is embedded first, from its principal components; then each layer begins with
/// the layout of its neighbour on the middle's side and is turned onto it, so that a prompt can be
/// followed from layer to layer. Both sides run at once, and no result depends on the threads.
public struct StateMapper: Sendable {
  /// What is embedded, and how.
  public struct Request: Sendable {
    public var states = MappedStates.transition
    /// Blocks counted from 0; nil takes all that are stored.
    public var layers: [Int]?
    public var options: TSNEOptions
    public var safeLabel = "safe"
    public var unsafeLabel = "unsafe"

    public init(options: TSNEOptions) { self.options = options }
  }

  private let reader: ActivationReader
  private let request: Request
  private let layers: [Int]
  private let trial: LabelTrial?

  /// Checks, before any work is done, that the file has what is asked for.
  public init(_ reader: ActivationReader, request: Request) throws(MapError) {
    guard request.safeLabel != request.unsafeLabel else { throw .sameLabels(request.safeLabel) }
    let layers = request.layers ?? reader.contents.layers
    guard !reader.contents.prompts.isEmpty, !layers.isEmpty else {
      throw .noPrompts(path: reader.path)
    }
    if let repeated = layers.indices.first(where: { layers[..<$0].contains(layers[$0]) }) {
      throw .repeatedLayer(layers[repeated])
    }
    self.reader = reader
    self.request = request
    self.layers = layers
    trial = LabelTrial(
      labels: reader.contents.prompts.map(\.label), safeLabel: request.safeLabel,
      unsafeLabel: request.unsafeLabel, seed: request.options.seed)
    try request.states.expect(in: reader)
    for layer in layers { _ = try request.states.points(reader, layer: layer) }
  }

  /// Embeds all layers; `shouldStop` is asked often, from several threads.
  public func run(shouldStop: @Sendable () -> Bool) throws(MapError) -> StateMap {
    let middle = layers.count / 2
    let first = try embed(
      layers[middle], after: nil, threads: request.options.threads, shouldStop)
    let sides = [Array(layers[..<middle].reversed()), Array(layers[(middle + 1)...])]
    let chains = try run(sides, from: first, shouldStop)
    return StateMap(
      states: request.states, perplexity: request.options.perplexity,
      metric: request.options.metric.rawValue, seed: request.options.seed,
      prompts: reader.contents.prompts, layers: chains[0].reversed() + [first] + chains[1],
      labelledCount: trial?.prompts.count ?? 0, safeLabel: request.safeLabel,
      unsafeLabel: request.unsafeLabel, source: reader.path, model: reader.header.model)
  }

  private func run(
    _ sides: [[Int]], from first: StateMap.Layer, _ shouldStop: @Sendable () -> Bool
  ) throws(MapError) -> [[StateMap.Layer]] {
    let chains = Mutex([[StateMap.Layer]](repeating: [], count: sides.count))
    let failure = Mutex<MapError?>(nil)
    let lanes = min(request.options.threads, sides.count)
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: max(lanes, 1)) { _ in
      while case let side = next.add(1, ordering: .relaxed).oldValue, side < sides.count {
        do throws(MapError) {
          let chain = try chain(
            sides[side], from: first, threads: request.options.threads / max(lanes, 1)
          ) { shouldStop() || failure.withLock { $0 != nil } }
          chains.withLock { $0[side] = chain }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return chains.withLock { $0 }
  }

  private func chain(
    _ layers: [Int], from first: StateMap.Layer, threads: Int, _ shouldStop: () -> Bool
  ) throws(MapError) -> [StateMap.Layer] {
    var chain = [first]
    for layer in layers {
      chain.append(try embed(layer, after: chain.last, threads: threads, shouldStop))
    }
    return Array(chain.dropFirst())
  }

  private func embed(
    _ layer: Int, after neighbour: StateMap.Layer?, threads: Int, _ shouldStop: () -> Bool
  ) throws(MapError) -> StateMap.Layer {
    let points = try request.states.points(reader, layer: layer)
    var options = request.options
    options.threads = threads
    do throws(TSNEError) {
      var embedding = try TSNE(options).embed(
        points, initial: neighbour?.embedding, shouldStop: shouldStop)
      if let neighbour {
        embedding.layout = Alignment.aligned(embedding.layout, to: neighbour.embedding)
      }
      return try described(layer, embedding, points)
    } catch {
      throw MapError(error, reader: reader, layer: layer)
    }
  }

  private func described(
    _ layer: Int, _ embedding: TSNE.Embedding, _ points: Points
  ) throws(TSNEError) -> StateMap.Layer {
    StateMap.Layer(
      layer: layer, embedding: embedding.layout, divergence: embedding.divergence,
      trustworthiness: try trustworthiness(embedding.layout, points),
      labels: try trial?.figures(layout: embedding.layout, states: points))
  }

  private func trustworthiness(_ layout: [Double], _ points: Points) throws(TSNEError) -> Double {
    let compared = try request.options.metric == .cosine ? points.normalised() : points
    let each = LabelTrial.neighbours(among: points.count)
    return PlaneNeighbours(of: layout, each: each)
      .trustworthiness(original: compared.squaredDistances())
  }
}
