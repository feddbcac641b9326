import StrictJSON

/// A model in a Hugging Face folder: config.json and safetensors files.
///
/// Of a model that takes more than text, the text part is read.
public struct HuggingFaceFolder: Checkpoint {
  /// The weights, by their names in the files.
  public let tensors: SafetensorsFolder
  private let model: ArrangedModel

  public var path: String { tensors.path }
  public var config: ModelConfig { model.config }
  public var leftOut: [String] { model.leftOut }

  private static let configName = "config.json"
  /// The member of config.json that describes the text part of a model with more than text.
  private static let textKey = "text_config"

  /// Opens the folder at `path` and checks the hyperparameters.
  public init(path: String) throws(CheckpointError) {
    let configPath = "\(path)/\(Self.configName)"
    let object = try JSONValue.readObject(path: configPath)
    let whole = Hyperparameters(object, path: configPath)
    let fields = try whole.objectIfPresent(Self.textKey) ?? whole
    let typeField = Field(huggingFace: "model_type")
    guard let type = try fields.textIfPresent(typeField) else {
      throw fields.missing(typeField, expected: "a string")
    }
    if whole.states(Field(huggingFace: "quantization_config")) {
      throw .unsupported(
        path: configPath, what: "its weights are quantised (it has \"quantization_config\")",
        remedy: "use the original weights or a GGUF file")
    }
    tensors = try SafetensorsFolder(path: path)
    model = try ArrangedModel(tensors, fields: fields, wholeFields: whole, architecture: type)
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
