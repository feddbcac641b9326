/// What a tensor is for, whatever its name in the file.
public enum TensorRole: Hashable, Sendable {
  /// The token embedding, W_E: `[dVocab, dModel]`.
  case tokenEmbedding
  /// The scale of the norm after the last block: `[dModel]`.
  case finalNorm
  /// The unembedding, W_U: `[dVocab, dModel]`; absent when it is tied to the token embedding.
  case unembedding
  /// Divisors of the rotary frequencies: `[ropeDimensionCount / 2]`; only in Llama 3.1 and later.
  case ropeFrequencyFactors
  /// A tensor of the block with this index, counted from 0.
  case block(Int, BlockTensor)
}

/// What a tensor is for within one transformer block; weights are stored `[outputs, inputs]`.
public enum BlockTensor: CaseIterable, Sendable {
  /// The scale of the norm before attention: `[dModel]`.
  case attnNorm
  /// The projections to queries, keys and values.
  ///
  /// Shapes: `[nHeads * dHead, dModel]` for `q`, `[nKVHeads * dHead, dModel]` for `k` and `v`.
  case q, k, v
  /// The output projection of attention: `[dModel, nHeads * dHead]`.
  case attnOut
  /// The scale of the norm before the MLP: `[dModel]`.
  case mlpNorm
  /// The gate and the up projection of the MLP: `[dMLP, dModel]`.
  case gate, up
  /// The down projection of the MLP: `[dModel, dMLP]`.
  case down
}

/// The one place where the tensor names of file formats are written down.
public enum TensorNames {
  /// The names of one role in each format; a block's names follow the block's prefix.
  private struct Row {
    let gguf: String
  }

  private static func row(_ role: TensorRole) -> Row {
    switch role {
    case .tokenEmbedding: Row(gguf: "token_embd.weight")
    case .finalNorm: Row(gguf: "output_norm.weight")
    case .unembedding: Row(gguf: "output.weight")
    case .ropeFrequencyFactors: Row(gguf: "rope_freqs.weight")
    case .block(_, .attnNorm): Row(gguf: "attn_norm.weight")
    case .block(_, .q): Row(gguf: "attn_q.weight")
    case .block(_, .k): Row(gguf: "attn_k.weight")
    case .block(_, .v): Row(gguf: "attn_v.weight")
    case .block(_, .attnOut): Row(gguf: "attn_output.weight")
    case .block(_, .mlpNorm): Row(gguf: "ffn_norm.weight")
    case .block(_, .gate): Row(gguf: "ffn_gate.weight")
    case .block(_, .up): Row(gguf: "ffn_up.weight")
    case .block(_, .down): Row(gguf: "ffn_down.weight")
    }
  }

  /// Returns the name in GGUF files, such as `blk.3.attn_q.weight`.
  public static func gguf(_ role: TensorRole) -> String {
    let name = row(role).gguf
    guard case .block(let layer, _) = role else { return name }
    return "blk.\(layer).\(name)"
  }
}
