import Checkpoints
import Tokenization

/// The tokens that end a generated text.
enum EndTokens {
  /// Metadata that name one, beside EOS.
  private static let keys = [
    "eot_token_id", "eom_token_id", "fim_pad_token_id", "fim_rep_token_id", "fim_sep_token_id",
  ].map { "tokenizer.ggml." + $0 }

  /// The texts by which llama.cpp knows the end of a turn, an answer or a document, since most files
  /// name one id only (`llama-vocab.cpp`, `special_eog_ids`).
  private static let texts: Set<String> = [
    "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>",
    "<end_of_turn>", "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]",
    "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>", "<|tool_response>",
  ]
  private static let mostBytes = texts.reduce(0) { max($0, $1.utf8.count) }

  /// Those of a GGUF file: EOS, what other keys name, and tokens of well-known texts.
  static func of(
    _ metadata: GGUFMetadata, _ tokenizer: any Tokenizer
  ) throws(CheckpointError) -> Set<Int32> {
    var ids = Set([tokenizer.specialTokens.eos].compactMap { $0 })
    for key in keys {
      if let id = try metadata.intIfPresent(for: key) { ids.insert(Int32(clamping: id)) }
    }
    for (id, token) in try metadata.byteStrings(for: "tokenizer.ggml.tokens").enumerated()
    where token.count <= mostBytes && texts.contains(String(decoding: token, as: UTF8.self)) {
      ids.insert(Int32(clamping: id))
    }
    return ids.filter { $0 >= 0 && Int($0) < tokenizer.vocabularySize }
  }
}
