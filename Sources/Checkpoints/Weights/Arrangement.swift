/// How a weight of the engine lies in a tensor of a file.
struct Arrangement: Sendable {
  /// Which other weights share the tensor, and in what order their rows come.
  enum Fusion: Sendable {
    /// The tensor is the weight.
    case none
    /// All rows of one part, then all of the next: GPT-2, Phi-3.
    case stacked([BlockTensor])
    /// For each key-value head in turn, the rows of each part that belong to it: GPT-NeoX, InternLM2.
    case groupedByKVHead([BlockTensor])
  }

  var fusion = Fusion.none
  /// Whether the tensor is `[inputs, outputs]`, as in Hugging Face's `Conv1D`.
  var isTransposed = false
  /// Whether rows 2i and 2i + 1 of a head turn together instead of i and i + dimensions / 2.
  ///
  /// The converter of llama.cpp permutes queries and keys so for its `llama` rotation.
  var hasInterleavedPairs = false

  static let whole = Arrangement()
  static let interleavedPairs = Arrangement(hasInterleavedPairs: true)
  static let transposed = Arrangement(isTransposed: true)

  static func stacked(_ parts: BlockTensor...) -> Arrangement {
    Arrangement(fusion: .stacked(parts))
  }

  static func groupedByKVHead(_ parts: BlockTensor...) -> Arrangement {
    Arrangement(fusion: .groupedByKVHead(parts))
  }

  static func transposedStack(_ parts: BlockTensor...) -> Arrangement {
    Arrangement(fusion: .stacked(parts), isTransposed: true)
  }
}

extension Arrangement {
  /// The count of outputs of the whole stored tensor, of which `part` is one.
  func storedOutputs(of part: TensorRole, config: ModelConfig) -> Int {
    switch fusion {
    case .none: config.outputs(of: part)
    case .stacked(let parts), .groupedByKVHead(let parts):
      parts.reduce(0) { $0 + config.outputs(of: $1) }
    }
  }

  /// Where the outputs of `role` come from among those of the stored tensor.
  func rowMap(of role: TensorRole, config: ModelConfig) -> RowMap {
    var map = RowMap(count: config.outputs(of: role))
    if case .block(_, let part) = role {
      switch fusion {
      case .none: break
      case .stacked(let parts):
        map.offset = parts.prefix { $0 != part }.reduce(0) { $0 + config.outputs(of: $1) }
      case .groupedByKVHead(let parts):
        let widths = parts.map { config.outputs(of: $0) / config.nKVHeads }
        map.groupSize = config.outputs(of: part) / config.nKVHeads
        map.stride = widths.reduce(0, +)
        map.offset = zip(parts, widths).prefix { $0.0 != part }.reduce(0) { $0 + $1.1 }
      }
    }
    if hasInterleavedPairs, let rotary = config.firstRotary {
      map.pairs = RowMap.Pairs(dHead: config.dHead, dimensions: rotary.dimensions)
    }
    return map
  }
}
