import ActivationStore

/// Hidden states of prompts in the plane, layer by layer, with numbers that say what of it to trust.
public struct StateMap: Sendable {
  public struct Layer: Equatable, Sendable {
    public var layer: Int
    /// `[prompt, component]`; turned and mirrored to lie on the neighbouring layer's.
    public var embedding: [Double]
    /// KL(P || Q) in nats.
    public var divergence: Double
    /// Of the 5 nearest in the layout; see Numerics' `PlaneNeighbours`.
    public var trustworthiness: Double
    /// nil unless there are prompts of both labels.
    public var labels: LabelFigures?
  }

  public var states: MappedStates
  public var perplexity: Double
  public var metric: String
  public var seed: UInt64
  public var prompts: [StoredPrompt]
  public var layers: [Layer]
  /// Prompts with the safe or the unsafe label.
  public var labelledCount: Int
  public var safeLabel: String
  public var unsafeLabel: String
  /// The file of the states.
  public var source: String
  public var model: StoredModel
}
