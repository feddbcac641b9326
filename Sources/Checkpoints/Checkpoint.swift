/// The weights and hyperparameters of one model, in whatever file format.
public protocol Checkpoint: Sendable {
  /// The path that was opened, for messages.
  var path: String { get }
  /// The names of all tensors in the order of the file.
  var tensorNames: [String] { get }
  /// Returns the tensor with this name in the file; throws when it is absent or cannot be unpacked.
  func tensor(named name: String) throws(CheckpointError) -> Tensor
  /// Returns the name that this file format gives to the tensor with `role`.
  func tensorName(for role: TensorRole) -> String
  /// Reads and checks the hyperparameters.
  func modelConfig() throws(CheckpointError) -> ModelConfig
}

extension Checkpoint {
  /// Returns the tensor with `role`, whose shape is the one that `config` implies.
  public func tensor(
    _ role: TensorRole, config: ModelConfig
  ) throws(CheckpointError) -> Tensor {
    let tensor = try tensor(named: tensorName(for: role))
    let expected = config.shape(of: role)
    guard tensor.shape == expected else {
      throw .wrongShape(
        path: path, tensor: tensor.name, expected: expected, found: tensor.shape)
    }
    return tensor
  }
}
