/// A kind of place in the forward pass; with a block index, where it has one, a ``HookPoint``.
///
/// The raw values are the names that flags take and that HDF5 data sets carry.
public enum HookSite: String, CaseIterable, Sendable {
  case embed
  case residPre = "resid_pre"
  case residMid = "resid_mid"
  case residPost = "resid_post"
  case attnOut = "attn_out"
  case mlpOut = "mlp_out"
  case finalNorm = "ln_final"
  case logits

  /// Whether every block has such a place; the others occur once in a model.
  public var isPerBlock: Bool {
    switch self {
    case .embed, .finalNorm, .logits: false
    case .residPre, .residMid, .residPost, .attnOut, .mlpOut: true
    }
  }

  /// The places within a block, in the order in which it computes them.
  static let insideBlock: [HookSite] = [.attnOut, .residMid, .mlpOut]

  /// The hook point at block `layer`, or the model's only one when the site has no blocks.
  public func point(at layer: Int) -> HookPoint {
    switch self {
    case .embed: .embed
    case .residPre: .residPre(layer)
    case .residMid: .residMid(layer)
    case .residPost: .residPost(layer)
    case .attnOut: .attnOut(layer)
    case .mlpOut: .mlpOut(layer)
    case .finalNorm: .finalNorm
    case .logits: .logits
    }
  }
}

/// A named place in the forward pass where rows can be read.
///
/// Layers are blocks, counted from 0. The description is TransformerLens's name. Shapes are
/// `[row, dModel]`, except ``logits``, which is `[row, dVocab]`.
public enum HookPoint: Hashable, Sendable, CustomStringConvertible {
  /// What block 0 reads: the token embedding, with the learned positions added that GPT-2 has.
  case embed
  /// The residual stream that a block reads.
  case residPre(Int)
  /// The residual stream between a block's attention and its MLP; none where these run side by side.
  case residMid(Int)
  /// The residual stream that a block leaves; of the last block, before the final norm.
  case residPost(Int)
  /// What a block's attention adds to the residual stream, bit for bit: after the norm that Gemma 2
  /// and 3 put behind it.
  case attnOut(Int)
  /// What a block's MLP adds to the residual stream, likewise.
  case mlpOut(Int)
  /// The residual stream after the final norm.
  case finalNorm
  /// The scores over the vocabulary, before any softmax.
  case logits

  public var site: HookSite {
    switch self {
    case .embed: .embed
    case .residPre: .residPre
    case .residMid: .residMid
    case .residPost: .residPost
    case .attnOut: .attnOut
    case .mlpOut: .mlpOut
    case .finalNorm: .finalNorm
    case .logits: .logits
    }
  }

  /// The block, counted from 0; nil where the model has only one such place.
  public var layer: Int? {
    switch self {
    case .residPre(let layer), .residMid(let layer), .residPost(let layer), .attnOut(let layer),
      .mlpOut(let layer):
      layer
    case .embed, .finalNorm, .logits: nil
    }
  }

  public var description: String {
    switch self {
    case .embed: "hook_embed"
    case .finalNorm: "ln_final"
    case .logits: "logits"
    default: "blocks.\(layer ?? 0).hook_\(site.rawValue)"
    }
  }

  /// How many blocks must have run before these rows exist, in a model of `nLayers` blocks.
  package func blocksNeeded(nLayers: Int) -> Int {
    switch self {
    case .embed: 0
    case .residPre(let layer): layer
    case .residMid(let layer), .residPost(let layer), .attnOut(let layer), .mlpOut(let layer):
      layer + 1
    case .finalNorm, .logits: nLayers
    }
  }

  /// The same rows under the one name that the forward pass reads them by.
  ///
  /// What a block reads is what the block before it left.
  package var canonical: HookPoint {
    switch self {
    case .residPre(0): .embed
    case .residPre(let layer): .residPost(layer - 1)
    default: self
    }
  }
}
