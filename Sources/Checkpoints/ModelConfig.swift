/// The hyperparameters of a decoder-only transformer, in terms that hold for every architecture.
///
/// Each file in `Architectures/` translates one family's files into these; the engine reads nothing
/// else. A block is norm, attention, norm, MLP, with the variations that the fields name.
public struct ModelConfig: Sendable, Equatable {
  /// The architecture's name in the file, such as `llama` or `gemma3`.
  public var architecture: String
  /// The count of transformer blocks.
  public var nLayers: Int
  /// The width of the residual stream.
  public var dModel: Int
  /// The count of query heads.
  public var nHeads: Int
  /// The count of key and value heads; divides `nHeads`.
  public var nKVHeads: Int
  /// The width of one head.
  public var dHead: Int
  /// The width of the MLP's hidden layer.
  public var dMLP: Int
  /// The count of rows of the token embedding.
  public var dVocab: Int
  /// The longest context that the model was trained for, in tokens.
  public var nCtx: Int
  /// How all norms of the model work.
  public var norm: Norm
  /// How the MLP works.
  public var mlp: MLP
  /// The factor on query-key products, usually 1 / sqrt(dHead).
  public var attentionScale: Float
  /// The bound c of c · tanh(score / c) on scaled query-key products (Gemma 2); nil for none.
  public var attentionSoftcap: Float?
  /// The bound c of c · tanh(logit / c) on logits (Gemma 2); nil for none.
  public var logitSoftcap: Float?
  /// What token embeddings are multiplied by (Gemma: sqrt(dModel)); usually 1.
  public var embeddingScale: Float
  /// Whether attention and MLP both read the block's input (GPT-NeoX), not one after the other.
  public var isParallel: Bool
  /// How positions enter.
  public var positions: PositionEncoding
  /// `[layer]`: what is particular to each layer's attention.
  public var layerAttention: [LayerAttention]
  /// The tensors that every block has: the weights, and the biases and norms of this architecture.
  public var blockTensors: Set<BlockTensor>
  /// Whether the final norm has a bias.
  public var hasFinalNormBias: Bool
  /// True when the token embedding also serves as unembedding.
  public var tiedUnembedding: Bool

  /// Creates a configuration as it stands, unchecked; readers of files check theirs.
  public init(
    architecture: String, nLayers: Int, dModel: Int, nHeads: Int, nKVHeads: Int, dHead: Int,
    dMLP: Int, dVocab: Int, nCtx: Int, norm: Norm, mlp: MLP, attentionScale: Float,
    attentionSoftcap: Float? = nil, logitSoftcap: Float? = nil, embeddingScale: Float = 1,
    isParallel: Bool = false, positions: PositionEncoding, layerAttention: [LayerAttention],
    blockTensors: Set<BlockTensor>, hasFinalNormBias: Bool = false, tiedUnembedding: Bool
  ) {
    self.architecture = architecture
    self.nLayers = nLayers
    self.dModel = dModel
    self.nHeads = nHeads
    self.nKVHeads = nKVHeads
    self.dHead = dHead
    self.dMLP = dMLP
    self.dVocab = dVocab
    self.nCtx = nCtx
    self.norm = norm
    self.mlp = mlp
    self.attentionScale = attentionScale
    self.attentionSoftcap = attentionSoftcap
    self.logitSoftcap = logitSoftcap
    self.embeddingScale = embeddingScale
    self.isParallel = isParallel
    self.positions = positions
    self.layerAttention = layerAttention
    self.blockTensors = blockTensors
    self.hasFinalNormBias = hasFinalNormBias
    self.tiedUnembedding = tiedUnembedding
  }
}

/// The normalisation before attention, before the MLP and after the last block.
public struct Norm: Sendable, Equatable {
  /// What the norm subtracts and divides by.
  public enum Kind: Sendable, Equatable {
    /// x / rms(x).
    case rms
    /// (x - mean(x)) / std(x).
    case layer
  }

  public var kind: Kind
  /// Added to the mean square, or to the variance.
  public var epsilon: Float
  /// Added to the stored weight (Gemma in Hugging Face's files: 1); usually 0.
  public var weightOffset: Float

  public init(kind: Kind, epsilon: Float, weightOffset: Float = 0) {
    self.kind = kind
    self.epsilon = epsilon
    self.weightOffset = weightOffset
  }
}

/// The two layers of a block's MLP: down(act(gate x) · up x) when gated, else down(act(up x)).
public struct MLP: Sendable, Equatable {
  public enum Activation: String, Sendable, Equatable {
    case silu
    /// x Φ(x), with the error function.
    case gelu
    /// The tanh approximation of ``gelu``.
    case geluTanh
  }

  public var isGated: Bool
  public var activation: Activation

  public init(isGated: Bool, activation: Activation) {
    self.isGated = isGated
    self.activation = activation
  }
}

/// How a position reaches the model.
public enum PositionEncoding: Sendable, Equatable {
  /// Query and key heads are rotated; each layer uses one of these rules.
  case rotary([Rotary])
  /// A learned vector per position is added to the token embedding (GPT-2).
  case learned
}

/// One rule of rotary position embedding.
public struct Rotary: Sendable, Equatable {
  /// Pair *i* turns by `base ^ (-2i / dimensions)` a token, before scaling.
  public var base: Double
  /// The count of leading dimensions of a head that are rotated; even, at most `dHead`.
  public var dimensions: Int
  /// The change to the frequencies for long contexts.
  public var scaling: RopeScaling

  public init(base: Double, dimensions: Int, scaling: RopeScaling) {
    self.base = base
    self.dimensions = dimensions
    self.scaling = scaling
  }
}

/// What is particular to one layer's attention.
public struct LayerAttention: Sendable, Equatable {
  /// How many tokens a query sees, itself included; nil for all before it.
  public var window: Int?
  /// Index into the rules of ``PositionEncoding/rotary(_:)``.
  public var rotary: Int

  public init(window: Int? = nil, rotary: Int = 0) {
    self.window = window
    self.rotary = rotary
  }
}
