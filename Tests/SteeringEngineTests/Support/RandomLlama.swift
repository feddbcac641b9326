import Checkpoints

/// A Llama model of random weights in memory, whose tensors and metadata a test may spoil.
struct RandomLlama {
  struct Weight {
    var shape: [Int]
    var values: [Float]
  }

  let dHead: Int
  let nHeads: Int
  let nKVHeads: Int
  let ropeDimensionCount: Int
  /// Outputs of the embedding, of the MLP's inner projections, and of the unembedding.
  let (width, innerWidth, vocabulary): (Int, Int, Int)
  /// By name in the file.
  var weights: [String: Weight] = [:]

  static let (nLayers, dModel, dMLP, dVocab, nCtx) = (2, 32, 48, 40, 64)

  /// Two blocks, tied unembedding.
  init(
    dHead: Int = 16, nHeads: Int = 2, nKVHeads: Int = 1, ropeDimensionCount: Int? = nil,
    width: Int = Self.dModel, innerWidth: Int = Self.dMLP, vocabulary: Int = Self.dVocab,
    seed: Int = 1
  ) {
    (self.width, self.innerWidth, self.vocabulary) = (width, innerWidth, vocabulary)
    self.dHead = dHead
    self.nHeads = nHeads
    self.nKVHeads = nKVHeads
    self.ropeDimensionCount = ropeDimensionCount ?? dHead
    var random = SeededRandom(seed: seed)
    let ends = [
      ("token_embd.weight", [vocabulary, width]), ("output_norm.weight", [width]),
    ]
    let blocks = (0..<Self.nLayers).flatMap { layer in
      Self.blockTensors.map { (Self.name($0, layer: layer), shape(of: $0)) }
    }
    for (name, shape) in ends + blocks {
      let scale = shape.count == 1 ? 1 : 1.5 / Float(shape[1]).squareRoot()
      let values = random.floats(shape.reduce(1, *)).map { scale * $0 }
      weights[name] = Weight(shape: shape, values: values)
    }
  }

  static let blockTensors = [
    "attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up",
    "ffn_down",
  ]

  static func name(_ tensor: String, layer: Int) -> String { "blk.\(layer).\(tensor).weight" }

  func shape(of tensor: String) -> [Int] {
    let (dModel, dMLP) = (width, innerWidth)
    return switch tensor {
    case "attn_q": [nHeads * dHead, dModel]
    case "attn_k", "attn_v": [nKVHeads * dHead, dModel]
    case "attn_output": [dModel, nHeads * dHead]
    case "ffn_gate", "ffn_up": [dMLP, dModel]
    case "ffn_down": [dModel, dMLP]
    default: [dModel]
    }
  }

  func checkpoint() throws -> GGUFCheckpoint {
    try GGUFCheckpoint(GGUFFile(OpenFile(copying: file(), name: "tiny.gguf")))
  }

  private func file() -> [UInt8] {
    let numbers: [(String, Int)] = [
      ("block_count", Self.nLayers), ("embedding_length", width),
      ("attention.head_count", nHeads), ("attention.head_count_kv", nKVHeads),
      ("attention.key_length", dHead), ("feed_forward_length", innerWidth),
      ("context_length", Self.nCtx), ("rope.dimension_count", ropeDimensionCount),
    ]
    var pairs = Self.string("general.architecture") + Self.bytes(UInt32(8)) + Self.string("llama")
    for (key, value) in numbers {
      pairs += Self.string("llama." + key) + Self.bytes(UInt32(4)) + Self.bytes(UInt32(value))
    }
    pairs += Self.string("llama.attention.layer_norm_rms_epsilon") + Self.bytes(UInt32(6))
    pairs += Self.bytes(Float(1e-5).bitPattern)

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
