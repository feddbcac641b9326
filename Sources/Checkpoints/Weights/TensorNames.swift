/// Where a role's numbers lie in a file: the tensor's name and the arrangement in it.
struct TensorPlace: Sendable, ExpressibleByStringLiteral {
  var name: String
  let arrangement: Arrangement

  init(_ name: String, _ arrangement: Arrangement) {
    self.name = name
    self.arrangement = arrangement
  }

  init(stringLiteral name: String) {
    self.init(name, .whole)
  }
}

/// One line of an architecture's table of names: nil where a format does not have the tensor.
struct Names: Sendable {
  let gguf: TensorPlace?
  let huggingFace: TensorPlace?

  init(_ gguf: TensorPlace?, _ huggingFace: TensorPlace?) {
    self.gguf = gguf
    self.huggingFace = huggingFace
  }
}

/// The tensor names of one architecture; names of blocks follow the block's prefix and a dot.
struct TensorNames: Sendable {
  /// What Hugging Face's names start with, and leave out when only the base model was saved.
  var base = "model."
  var blocks = Names("blk.", "model.layers.")
  var model: [TensorRole: Names]
  var block: [BlockTensor: Names]
  /// Other names that Hugging Face's files use for the same tensor.
  var alternatives: [TensorRole: String] = [:]
  /// Tensors that are read when the configuration is, not as weights; GGUF only.
  var auxiliary: Set<String> = []
  /// How names end that hold nothing to compute with, such as masks.
  var ignoredEndings: [String] = [".rotary_emb.inv_freq"]

  /// Returns where `role` lies in files of `format`, or nil when the architecture lacks it.
  func place(of role: TensorRole, in format: FileFormat) -> TensorPlace? {
    guard case .block(let layer, let tensor) = role else {
      return model[role]?.place(in: format)
    }
    guard var place = block[tensor]?.place(in: format), let prefix = blocks.place(in: format)
    else { return nil }
    place.name = "\(prefix.name)\(layer).\(place.name)"
    return place
  }
}

extension Names {
  func place(in format: FileFormat) -> TensorPlace? {
    switch format {
    case .gguf: gguf
    case .huggingFace: huggingFace
    }
  }
}
