/// What the number N in the name `direction.N` of a GGUF control vector says.
///
/// llama.cpp stores direction.N at (N - 1) * n_embd (`common_control_vector_load_one` in
/// common/common.cpp) and fills the tensor of block il from (il - 1) * n_embd
/// (`llama_adapter_cvec::apply` in src/llama-adapter.cpp). Both subtractions cancel: direction.N is
/// added to the output of block N, counted from 0, where `build_cvec` stands just before `l_out`.
/// Block 0 has no tensor there ("there's never a tensor for layer 0"), and direction.0 is refused.
public enum GGUFIndex: String, CaseIterable, Sendable {
  /// N is the block: what llama.cpp applies and repeng and EasySteer write.
  case block
  /// N is the block + 1: what llama.cpp's cvector-generator and jukofyork's tools write.
  ///
  /// llama.cpp adds such a vector one block after the one that it was read from, and drops that of
  /// the last block.
  case blockPlusOne = "block-plus-one"

  /// N of the first block.
  var offset: Int { self == .block ? 0 : 1 }
}
