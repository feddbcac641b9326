/// What a file holds: its prompts, hook points, layers and positions.
public struct StoreContents: Equatable, Sendable {
  public var prompts: [StoredPrompt]
  public var hooks: [StoredHook]
  /// The indices of the stored blocks, ascending, counted from 0.
  public var layers: [Int]
  public var layout: StoreLayout

  public init(
    prompts: [StoredPrompt], hooks: [StoredHook], layers: [Int], layout: StoreLayout
  ) {
    self.prompts = prompts
    self.hooks = hooks
    self.layers = layers
    self.layout = layout
  }
}

/// Which rows of a prompt are stored.
public enum StoreLayout: Equatable, Sendable {
  /// A few named positions per prompt: activations are `[prompt, layer, position, d_model]`.
  case prompt(positions: [String])
  /// Every token of every prompt: activations are `[token, layer, d_model]`.
  case token

  /// The names of the stored positions; empty where every token is stored.
  public var positions: [String] {
    if case .prompt(let positions) = self { positions } else { [] }
  }
}

/// A prompt as the run saw it.
public struct StoredPrompt: Equatable, Sendable {
  public var id: String
  public var label: String
  public var text: String
  /// The token ids of the whole sequence, template included.
  public var tokens: [Int32]
  /// For each stored position, its index in `tokens`; empty where every token is stored.
  public var positionTokens: [Int32]

  public init(
    id: String, label: String, text: String, tokens: [Int32], positionTokens: [Int32]
  ) {
    self.id = id
    self.label = label
    self.text = text
    self.tokens = tokens
    self.positionTokens = positionTokens
  }
}

/// A hook point whose activations are stored under `/activations/<name>`.
public struct StoredHook: Hashable, Sendable {
  /// The length of one activation vector.
  public enum Width: Hashable, Sendable {
    case dModel, dVocab
  }

  /// The name of the dataset, for instance `resid_post`.
  public let name: String
  /// Whether there is a vector for each stored layer, as opposed to one per run (`embed`).
  public let perLayer: Bool
  public let width: Width

  /// What the values are, for readers of the file.
  var description: String {
    "activations at the hook point \(name)" + (perLayer ? " of each layer" : "")
  }

  public init(name: String, perLayer: Bool, width: Width) {
    self.name = name
    self.perLayer = perLayer
    self.width = width
  }
}
