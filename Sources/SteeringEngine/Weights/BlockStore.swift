import Synchronization

/// The packed weights of a model, read when they are needed.
///
/// What fits the budget stays for the next pass; the rest is read again every time.
final class BlockStore<Device: Backend>: Sendable {
  private struct Kept {
    var blocks: [Int: TransformerBlock<Device>] = [:]
    var head: OutputHead<Device>?
    var screeningHead: OutputHead<Device>?
    var bytes = 0
  }

  let reader: WeightReader<Device>
  let sizes: WeightSizes
  private let budget: Int
  private let kept = Mutex(Kept())

  /// Keeps at most `budget` bytes of packed weights.
  init(reader: WeightReader<Device>, budget: Int) {
    self.reader = reader
    self.budget = budget
    sizes = WeightSizes(reader)
  }

  /// Bytes of packed weights that may stay in memory.
  var bytes: Int { min(budget, sizes.all + (hasRoomForScreen ? sizes.screen : 0)) }

  /// Nothing has to be read again for a screen's sake.
  private var hasRoomForScreen: Bool { sizes.all + sizes.screen <= budget }

  func block(_ layer: Int) throws(EngineError) -> TransformerBlock<Device> {
    if let block = kept.withLock({ $0.blocks[layer] }) { return block }
    let block = try TransformerBlock(layer: layer, reader: reader)
    kept.withLock { kept in
      guard kept.bytes + sizes.blocks[layer] <= budget else { return }
      kept.bytes += sizes.blocks[layer]
      kept.blocks[layer] = block
    }
    return block
  }

  func outputHead(needsLogits: Bool) throws(EngineError) -> OutputHead<Device> {
    guard needsLogits else { return try OutputHead(reader: reader, needsLogits: false) }
    if let head = kept.withLock({ $0.head }) { return head }
    let head = try OutputHead(reader: reader, needsLogits: true)
    keep(head, bytes: sizes.head, at: \.head)
    return head
  }

  /// The head with logits, which finds largest scores without computing all, where that is possible
  /// and fits the budget.
  func screeningHead() throws(EngineError) -> OutputHead<Device> {
    if let head = kept.withLock({ $0.screeningHead }) { return head }
    let head = try outputHead(needsLogits: true)
    guard hasRoomForScreen else { return head }
    let screening = try head.screening(reader)
    keep(screening, bytes: screening.screens ? sizes.screen : 0, at: \.screeningHead)
    return screening
  }

  private func keep(
    _ head: OutputHead<Device>, bytes: Int,
    at place: WritableKeyPath<Kept, OutputHead<Device>?>
  ) {
    kept.withLock { kept in
      guard kept.bytes + bytes <= budget else { return }
      kept.bytes += bytes
      kept[keyPath: place] = head
    }
  }
}

/// Bytes that the packed weights of a model take.
struct WeightSizes: Sendable {
  /// [layer].
  let blocks: [Int]
  /// The unembedding.
  let head: Int
  /// A byte a weight, with a scale and an offset for 64, and two lengths for each output.
  let screen: Int

  init<Device: Backend>(_ reader: WeightReader<Device>) {
    let config = reader.config
    blocks = (0..<config.nLayers).map {
      reader.byteCount(of: TransformerBlock<Device>.productRoles($0, config: config))
    }
    head = reader.byteCount(of: [config.unembedding])
    screen = config.dVocab * (config.dModel * 9 / 8 + 8)
  }

  var largestBlock: Int { blocks.max() ?? 0 }
  var all: Int { blocks.reduce(head, +) }
}
