import Checkpoints
import Testing

@Suite struct TensorNamesTests {
  @Test func `roles have the names of llama.cpp`() {
    #expect(TensorNames.gguf(.tokenEmbedding) == "token_embd.weight")
    #expect(TensorNames.gguf(.finalNorm) == "output_norm.weight")
    #expect(TensorNames.gguf(.unembedding) == "output.weight")
    #expect(TensorNames.gguf(.ropeFrequencyFactors) == "rope_freqs.weight")
    let block = BlockTensor.allCases.map { TensorNames.gguf(.block(3, $0)) }
    let suffixes = [
      "attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up",
      "ffn_down",
    ]
    #expect(block == suffixes.map { "blk.3.\($0).weight" })
  }
}
