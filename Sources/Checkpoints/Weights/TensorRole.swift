/// What a tensor is for, whatever its name and arrangement in the file.
public enum TensorRole: Hashable, Sendable {
  /// The token embedding, W_E: `[dVocab, dModel]`.
  case tokenEmbedding
  /// The learned position embedding: `[nCtx, dModel]`; only in GPT-2.
  case positionEmbedding
  /// The scale and the bias of the norm after the last block: `[dModel]`.
  case finalNorm, finalNormBias
  /// The unembedding, W_U: `[dVocab, dModel]`; absent when it is tied to the token embedding.
  case unembedding
  /// A tensor of the block with this index, counted from 0.
  case block(Int, BlockTensor)
}

/// What a tensor is for within one block; weights are `[outputs, inputs]`, biases `[outputs]`.
///
/// Query and key rows are in Hugging Face's order, in which dimensions i and i + dimensions / 2 of
/// a head turn together.
public enum BlockTensor: String, CaseIterable, Sendable {
  /// The norm before attention: `[dModel]`.
  case attnNorm, attnNormBias
  /// The query projection `[nHeads * dHead, dModel]`, then key and value `[nKVHeads * dHead, dModel]`.
  case q, k, v
  case qBias, kBias, vBias
  /// The norms over each query head and each key head, before rotation: `[dHead]`.
  case qNorm, kNorm
  /// The output projection of attention: `[dModel, nHeads * dHead]`.
  case o, oBias
  /// The norm over what attention adds, before it is added (Gemma 2 and 3): `[dModel]`.
  case attnPostNorm
  /// The norm before the MLP: `[dModel]`.
  case mlpNorm, mlpNormBias
  /// The gate and the up projection of the MLP: `[dMLP, dModel]`; without gate, only up.
  case gate, up
  case upBias
  /// The down projection of the MLP: `[dModel, dMLP]`.
  case down, downBias
  /// The norm over what the MLP adds, before it is added (Gemma 2 and 3): `[dModel]`.
  case mlpPostNorm
}
