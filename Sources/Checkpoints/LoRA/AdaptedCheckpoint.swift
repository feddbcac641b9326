import StrictJSON

/// A checkpoint whose weights are changed by LoRA adapters when they are unpacked.
///
/// The result is W + scale · ΔW of each adapter in turn, summed in float32. ΔW is what the adapter
/// makes of the base model's W: scaling · B A, as PEFT's merge with a float32 base model gives it, or
/// the distance to weights that the adapter brings along.
public struct AdaptedCheckpoint: Checkpoint {
  private let base: any Checkpoint
  private let changes: [TensorRole: [WeightChange]]

  public let config: ModelConfig
  public var path: String { base.path }
  public var leftOut: [String] { base.leftOut }

  /// Checks that each adapter's modules are in the base model with the same shapes.
  ///
  /// A scale of 1 is the adapter as it was trained, 0 the base model.
  public init(
    base: any Checkpoint, adapters: [(adapter: LoRAAdapter, scale: Double)]
  ) throws(CheckpointError) {
    self.base = base
    var changes: [TensorRole: [WeightChange]] = [:]
    for (adapter, scale) in adapters {
      let found = try AdapterMatch(adapter, scale: scale, config: base.config).changes()
      for (role, change) in found { changes[role, default: []].append(change) }
    }
    // As in PEFT, only rows of trained tokens change both of a tied pair.
    let untied = [TensorRole.tokenEmbedding, .unembedding].flatMap { changes[$0] ?? [] }
      .contains { !$0.isRowsOnly }
    var config = base.config
    if config.tiedUnembedding, untied {
      config.tiedUnembedding = false
      let rows = (changes[.tokenEmbedding] ?? []).filter(\.isRowsOnly)
      changes[.unembedding, default: []] += rows
    }
    self.config = config
    self.changes = changes
  }

  /// Returns the adapted weight with `role`, in the engine's arrangement.
  public func weight(_ role: TensorRole) throws(CheckpointError) -> any Weight {
    let isBaseTied = role == .unembedding && base.config.tiedUnembedding
    let weight = try base.weight(isBaseTied ? .tokenEmbedding : role)
    guard let changes = changes[role] else { return weight }
    return AdaptedWeight(base: weight, changes: changes)
  }
}
