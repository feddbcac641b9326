import StrictJSON

/// The tensors of a model's text part, by the names that a model of text alone has.
///
/// Multimodal checkpoints of transformers put the text model under `language_model.` or
/// `model.language_model.`, and GGUF files of Ollama hold the vision tower's tensors beside it.
struct TextPart: TensorSource {
  let whole: any TensorSource
  /// The names in the order of the files.
  let tensorNames: [String]
  /// What the file has for the other senses, with the count of tensors, such as `vision (12 tensors)`.
  let leftOut: [String]
  private let storedNames: [String: String]

  /// How names of tensors for other senses begin, and what they are for.
  private static let otherSenses: [FileFormat: [(prefix: String, sense: String)]] = [
    .gguf: [("v.", "vision"), ("mm.", "vision"), ("a.", "audio"), ("resampler.", "vision")],
    .huggingFace: [
      ("vision_tower.", "vision"), ("vision_model.", "vision"), ("visual.", "vision"),
      ("multi_modal_projector.", "vision"), ("embed_vision.", "vision"),
      ("audio_tower.", "audio"), ("embed_audio.", "audio"),
    ],
  ]

  init(_ whole: any TensorSource, format: FileFormat) {
    self.whole = whole
    var names: [String] = []
    var storedNames: [String: String] = [:]
    var counts: [String: Int] = [:]
    for stored in whole.tensorNames {
      if let sense = Self.otherSense(of: stored, format: format) {
        counts[sense, default: 0] += 1
        continue
      }
      let name = format == .huggingFace ? Self.name(inModelOfText: stored) : stored
      names.append(name)
      storedNames[name] = stored
    }
    tensorNames = names
    self.storedNames = storedNames
    leftOut = counts.sorted { $0.key < $1.key }.map { sense, count in
      "\(sense) (\(count) \(count == 1 ? "tensor" : "tensors"))"
    }
  }

  var path: String { whole.path }

  func shape(ofTensor name: String) -> [Int]? {
    storedNames[name].flatMap { whole.shape(ofTensor: $0) }
  }

  func tensor(named name: String) throws(CheckpointError) -> Tensor {
    guard let stored = storedNames[name] else { throw .missingTensor(path: path, tensor: name) }
    return try whole.tensor(named: stored)
  }

  /// What a model of text alone calls the tensor or module `name`.
  static func name(inModelOfText name: String) -> String {
    for (prefix, replacement) in [
      ("language_model.model.", "model."), ("model.language_model.", "model."),
      ("language_model.lm_head.", "lm_head."),
    ] where name.hasPrefix(prefix) {
      return replacement + name.dropFirst(prefix.count)
    }
    return name
  }

  private static func otherSense(of name: String, format: FileFormat) -> String? {
    var name = name[...]
    if format == .huggingFace, name.hasPrefix("model.") { name = name.dropFirst("model.".count) }
    return otherSenses[format]?.first { name.hasPrefix($0.prefix) }?.sense
  }
}
