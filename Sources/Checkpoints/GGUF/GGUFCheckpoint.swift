/// A model in one GGUF file.
public struct GGUFCheckpoint: Checkpoint {
  /// The file, with its metadata.
  public let file: GGUFFile
  private let model: ArrangedModel

  public var path: String { file.path }
  public var config: ModelConfig { model.config }

  /// Opens the file at `path` and checks its hyperparameters.
  public init(path: String) throws(CheckpointError) {
    try self.init(GGUFFile(path: path))
  }

  /// Checks the hyperparameters of an open file.
  public init(_ file: GGUFFile) throws(CheckpointError) {
    self.file = file
    let architecture = try file.metadata.string(for: "general.architecture")
    model = try ArrangedModel(
      file,
      fields: Hyperparameters(file.metadata, architecture: architecture, path: file.path),
      architecture: architecture)
  }

  /// Returns the weight with `role`, in the engine's arrangement.
  public func weight(_ role: TensorRole) throws(CheckpointError) -> any Weight {
    try model.weight(role)
  }
}
