/// The weights and hyperparameters of one model, in whatever file format.
public protocol Checkpoint: Sendable {
  /// The path that was opened, for messages.
  var path: String { get }
  /// The hyperparameters, read and checked when the checkpoint was opened.
  var config: ModelConfig { get }
  /// The weight with `role`, whose shape is the one that the hyperparameters imply.
  func weight(_ role: TensorRole) throws(CheckpointError) -> any Weight
}
