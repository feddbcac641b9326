#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The weights and hyperparameters of one model, in whatever file format.
public protocol Checkpoint: Sendable {
  /// The path that was opened, for messages.
  var path: String { get }
  /// The hyperparameters, read and checked when the checkpoint was opened.
  var config: ModelConfig { get }
  /// What the files have beside the text model, such as `vision (12 tensors)`; empty for most.
  var leftOut: [String] { get }
  /// The weight with `role`, whose shape is the one that the hyperparameters imply.
  func weight(_ role: TensorRole) throws(CheckpointError) -> any Weight
}

extension Checkpoint {
  public var leftOut: [String] { [] }
}

/// Opens the model at `path`: a Hugging Face folder, or else a GGUF file or a part of one.
public func openCheckpoint(path: String) throws(CheckpointError) -> any Checkpoint {
  if isDirectory(path) { return try HuggingFaceFolder(path: path) }
  return try GGUFCheckpoint(path: path)
}

private func isDirectory(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
