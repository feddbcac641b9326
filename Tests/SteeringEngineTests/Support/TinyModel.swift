import Checkpoints

/// A Llama model of random weights in memory, whose tensors and metadata a test may spoil.
struct TinyModel {
  struct Weight {
    var shape: [Int]
    var values: [Float]
  }

  var config: ModelConfig
  /// By name in the file.
  var weights: [String: Weight] = [:]

  /// Two blocks, tied unembedding.
  init(
    dHead: Int = 16, nHeads: Int = 2, nKVHeads: Int = 1, ropeDimensionCount: Int? = nil,
    seed: Int = 1
  ) {
    config = ModelConfig(
      architecture: "llama", nLayers: 2, dModel: 32, nHeads: nHeads, nKVHeads: nKVHeads,
      dHead: dHead, dMLP: 48, dVocab: 40, nCtx: 64, rmsNormEpsilon: 1e-5, ropeBase: 10_000,
      ropeDimensionCount: ropeDimensionCount ?? dHead, ropeScaling: .none,
      ropePairing: .interleaved, tiedUnembedding: true)
    var random = SeededRandom(seed: seed)
    let blocks = (0..<2).flatMap { layer in
      BlockTensor.allCases.map { TensorRole.block(layer, $0) }
    }
    for role in [.tokenEmbedding, .finalNorm] + blocks {
      let shape = config.shape(of: role)
      let scale = shape.count == 1 ? 1 : 1.5 / Float(shape[1]).squareRoot()
      let values = random.floats(shape.reduce(1, *)).map { scale * $0 }
      weights[TensorNames.gguf(role)] = Weight(shape: shape, values: values)
    }
  }

  func checkpoint() throws -> GGUFFile {
    try GGUFFile(MappedFile(copying: file(), name: "tiny.gguf"))
  }

  private func file() -> [UInt8] {
    let numbers: [(String, Int)] = [
      ("block_count", config.nLayers), ("embedding_length", config.dModel),
      ("attention.head_count", config.nHeads), ("attention.head_count_kv", config.nKVHeads),
      ("attention.key_length", config.dHead), ("feed_forward_length", config.dMLP),
      ("context_length", config.nCtx), ("rope.dimension_count", config.ropeDimensionCount),
    ]
    var pairs = Self.string("general.architecture") + Self.bytes(UInt32(8)) + Self.string("llama")
    for (key, value) in numbers {
      pairs += Self.string("llama." + key) + Self.bytes(UInt32(4)) + Self.bytes(UInt32(value))
    }
    pairs += Self.string("llama.attention.layer_norm_rms_epsilon") + Self.bytes(UInt32(6))
    pairs += Self.bytes(config.rmsNormEpsilon.bitPattern)

    var entries: [UInt8] = []
    var data: [UInt8] = []
    for (name, weight) in weights.sorted(by: { $0.key < $1.key }) {
      entries += Self.string(name) + Self.bytes(UInt32(weight.shape.count))
      entries += weight.shape.reversed().flatMap { Self.bytes(UInt64($0)) }
      entries += Self.bytes(UInt32(0)) + Self.bytes(UInt64(data.count))
      data += weight.values.flatMap { Self.bytes($0.bitPattern) }
      data += Self.padding(after: data.count)
    }
    var file = Array("GGUF".utf8) + Self.bytes(UInt32(3)) + Self.bytes(UInt64(weights.count))
    file += Self.bytes(UInt64(numbers.count + 2)) + pairs + entries
    return file + Self.padding(after: file.count) + data
  }

  /// Zeros up to the next multiple of GGUF's default alignment.
  private static func padding(after count: Int) -> [UInt8] {
    [UInt8](repeating: 0, count: (32 - count % 32) % 32)
  }

  private static func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
  }

  private static func string(_ text: String) -> [UInt8] {
    bytes(UInt64(text.utf8.count)) + Array(text.utf8)
  }
}
