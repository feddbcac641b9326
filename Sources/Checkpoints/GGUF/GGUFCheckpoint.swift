/// A model in the GGUF format.
public struct GGUFCheckpoint: Checkpoint {
  /// The files, with their metadata.
  public let files: GGUFFiles
  private let model: ArrangedModel

  public var path: String { files.path }
  public var config: ModelConfig { model.config }
  public var leftOut: [String] { model.leftOut }

  /// Opens the model that the file at `path` is, or is a part of, and checks its hyperparameters.
  public init(path: String) throws(CheckpointError) {
    try self.init(GGUFFiles(path: path))
  }

  /// Checks the hyperparameters of an open file.
  public init(_ file: GGUFFile) throws(CheckpointError) {
    try self.init(GGUFFiles(file))
  }

  /// Checks the hyperparameters of open files.
  public init(_ files: GGUFFiles) throws(CheckpointError) {
    self.files = files
    let architecture = try files.metadata.string(for: "general.architecture")
    model = try ArrangedModel(
      files,
      fields: Hyperparameters(files.metadata, architecture: architecture, path: files.path),
      architecture: architecture)
  }

  /// Returns the weight with `role`, in the engine's arrangement.
  public func weight(_ role: TensorRole) throws(CheckpointError) -> any Weight {
    try model.weight(role)
  }
}
