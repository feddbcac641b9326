import StrictJSON

/// What the files of one family of models are called and mean.
protocol Architecture: Sendable {
  /// The values of `general.architecture` in GGUF files.
  static var ggufNames: [String] { get }
  /// The values of `model_type` in config.json.
  static var modelTypes: [String] { get }
  /// The one table of tensor names.
  static var names: TensorNames { get }
  /// Translates the hyperparameters.
  static func config(_ model: ModelFiles) throws(CheckpointError) -> ModelConfig
}

/// All architectures that can be run.
enum Architectures {
  static let all: [any Architecture.Type] = [
    Llama.self, Mistral.self, Qwen2.self, Qwen3.self, Gemma.self, Gemma2.self, Gemma3.self,
    Phi3.self, InternLM2.self, GPTNeoX.self, GPT2.self,
  ]

  static func named(
    _ name: String, in format: FileFormat, path: String
  ) throws(CheckpointError) -> any Architecture.Type {
    if let found = all.first(where: { $0.names(in: format).contains(name) }) { return found }
    let supported = all.flatMap { $0.names(in: format) }.joined(separator: ", ")
    throw .unsupported(
      path: path, what: "its architecture is \(quoted(name))",
      remedy: "use a model of a supported architecture: \(supported)")
  }
}

extension Architectures {
  /// The names of tensors in the architecture that either format calls `name`.
  static func tensorNames(of name: String) -> TensorNames? {
    all.first { $0.ggufNames.contains(name) || $0.modelTypes.contains(name) }?.names
  }
}

extension Architecture {
  fileprivate static func names(in format: FileFormat) -> [String] {
    switch format {
    case .gguf: ggufNames
    case .huggingFace: modelTypes
    }
  }
}
