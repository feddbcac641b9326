/// Llama 1 to 3.2, Vicuna, and others that say they are `llama`, such as SmolLM2 and Mistral 7B.
///
/// Sources: transformers `models/llama`, llama.cpp `src/models/llama.cpp`.
enum Llama: Architecture {
  static let ggufNames = ["llama"]
  static let modelTypes = ["llama"]

  /// GGUF stores queries and keys for llama.cpp's rotation of neighbouring rows.
  static let names = TensorNames.standard.replacing([
    .q: Names(TensorPlace("attn_q.weight", .interleavedPairs), "self_attn.q_proj.weight"),
    .k: Names(TensorPlace("attn_k.weight", .interleavedPairs), "self_attn.k_proj.weight"),
    .qBias: Names(TensorPlace("attn_q.bias", .interleavedPairs), "self_attn.q_proj.bias"),
    .kBias: Names(TensorPlace("attn_k.bias", .interleavedPairs), "self_attn.k_proj.bias"),
  ])

  static func config(_ model: ModelFiles) throws(CheckpointError) -> ModelConfig {
    var config = try ModelConfig.standard(model, Sizes(model))
    try model.refuseIfSet("mlp_bias", "biases in the MLP")
    config.blockTensors.formUnion(try model.attentionBiases())
    return config
  }
}
