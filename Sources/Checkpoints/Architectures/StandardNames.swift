extension TensorNames {
  /// The names that Llama's files brought up and most architectures kept.
  static let standard = TensorNames(
    model: [
      .tokenEmbedding: Names("token_embd.weight", "model.embed_tokens.weight"),
      .finalNorm: Names("output_norm.weight", "model.norm.weight"),
      .unembedding: Names("output.weight", "lm_head.weight"),
    ],
    block: [
      .attnNorm: Names("attn_norm.weight", "input_layernorm.weight"),
      .q: Names("attn_q.weight", "self_attn.q_proj.weight"),
      .k: Names("attn_k.weight", "self_attn.k_proj.weight"),
      .v: Names("attn_v.weight", "self_attn.v_proj.weight"),
      .qBias: Names("attn_q.bias", "self_attn.q_proj.bias"),
      .kBias: Names("attn_k.bias", "self_attn.k_proj.bias"),
      .vBias: Names("attn_v.bias", "self_attn.v_proj.bias"),
      .qNorm: Names("attn_q_norm.weight", "self_attn.q_norm.weight"),
      .kNorm: Names("attn_k_norm.weight", "self_attn.k_norm.weight"),
      .o: Names("attn_output.weight", "self_attn.o_proj.weight"),
      .oBias: Names("attn_output.bias", "self_attn.o_proj.bias"),
      .mlpNorm: Names("ffn_norm.weight", "post_attention_layernorm.weight"),
      .gate: Names("ffn_gate.weight", "mlp.gate_proj.weight"),
      .up: Names("ffn_up.weight", "mlp.up_proj.weight"),
      .down: Names("ffn_down.weight", "mlp.down_proj.weight"),
    ],
    auxiliary: ["rope_freqs.weight"])

  /// The same names with some lines added or replaced.
  func replacing(_ lines: [BlockTensor: Names]) -> TensorNames {
    var names = self
    names.block.merge(lines) { $1 }
    return names
  }
}
