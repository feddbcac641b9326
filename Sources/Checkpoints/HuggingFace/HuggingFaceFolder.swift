import StrictJSON

/// A model in a Hugging Face folder: config.json and safetensors files.
public struct HuggingFaceFolder: Checkpoint {
  /// The weights, by their names in the files.
  public let tensors: SafetensorsFolder
  private let model: ArrangedModel

  public var path: String { tensors.path }
  public var config: ModelConfig { model.config }

  private static let configName = "config.json"
  /// Members of config.json that describe the parts of a model with more than text.
  private static let multimodalKeys = ["vision_config", "audio_config", "text_config"]

  /// Opens the folder at `path` and checks the hyperparameters.
  public init(path: String) throws(CheckpointError) {
    let configPath = "\(path)/\(Self.configName)"
    let object = try JSONValue.readObject(path: configPath)
    let fields = Hyperparameters(object, path: configPath)
    let typeField = Field(huggingFace: "model_type")
    guard let type = try fields.textIfPresent(typeField) else {
      throw fields.missing(typeField, expected: "a string")
    }
    if let key = Self.multimodalKeys.first(where: { fields.states(Field(huggingFace: $0)) }) {
      throw .unsupported(
        path: configPath, what: "the model takes more than text (it has \(quoted(key)))",
        remedy: "use a model of text alone, or a GGUF file of its text part")
    }
    if fields.states(Field(huggingFace: "quantization_config")) {
      throw .unsupported(
        path: configPath, what: "its weights are quantised (it has \"quantization_config\")",
        remedy: "use the original weights or a GGUF file")
    }
    tensors = try SafetensorsFolder(path: path)
    model = try ArrangedModel(tensors, fields: fields, architecture: type)
  }

  /// Returns the weight with `role`, in the engine's arrangement.
  public func weight(_ role: TensorRole) throws(CheckpointError) -> any Weight {
    try model.weight(role)
  }
}

extension SafetensorsFolder: TensorSource {
  func shape(ofTensor name: String) -> [Int]? { tensorInfo(named: name)?.shape }
}

extension SafetensorsFile: TensorSource {
  func shape(ofTensor name: String) -> [Int]? { tensorInfo(named: name)?.shape }
}
