import Checkpoints
import Tokenization

/// Makes the tokenizer that a GGUF file's `tokenizer.ggml.*` metadata describes.
struct GGUFTokenizer {
  private let file: GGUFFiles
  /// The rule that splits text into words, whatever the file says.
  private let preTokenizer: String?

  /// Opens the tokenizer of `file`; a `preTokenizer` counts more than what the file says.
  static func open(
    _ file: GGUFFiles, preTokenizer: String?
  ) throws(ModelError) -> any Tokenizer {
    try GGUFTokenizer(file: file, preTokenizer: preTokenizer).open()
  }

  private func open() throws(ModelError) -> any Tokenizer {
    let kind = try read { () throws(CheckpointError) in
      try file.metadata.string(for: Self.key("model"))
    }
    switch kind {
    case "gpt2":
      let model = try read(bytePairModel)
      return try tokenizer { () throws(TokenizerError) in try BytePairTokenizer(model) }
    case "llama":
      guard preTokenizer == nil else { throw .needlessPreTokenizer(path: file.path) }
      let model = try read(sentencePieceModel)
      return try tokenizer { () throws(TokenizerError) in
        try PipelineTokenizer(sentencePiece: model)
      }
    default:
      throw .unsupportedTokenizer(path: file.path, kind: kind)
    }
  }

  private func bytePairModel() throws(CheckpointError) -> BytePairModel {
    let metadata = file.metadata
    let stated = try metadata.stringIfPresent(for: Self.key("pre"))
    var model = BytePairModel(
      tokens: PackedByteStrings(try metadata.byteStrings(for: Self.key("tokens"))),
      merges: PackedByteStrings(try metadata.byteStrings(for: Self.key("merges"))),
      tokenTypes: try tokenTypes(),
      preTokenizer: preTokenizer ?? stated,
      source: file.path)
    model.bos = try id("bos_token_id")
    model.eos = try id("eos_token_id")
    model.unknown = try id("unknown_token_id")
    model.padding = try id("padding_token_id")
    model.addsBOS = try metadata.boolIfPresent(for: Self.key("add_bos_token"))
    model.addsEOS = try metadata.boolIfPresent(for: Self.key("add_eos_token"))
    return model
  }

  /// The vocabulary of SentencePiece models, which llama.cpp calls `llama`.
  ///
  /// Where the file does not say, a text gets a space in front and a prompt gets BOS, as in
  /// llama.cpp. Gemma's merges go by id (see ``SentencePieceModel/MergeOrder``).
  private func sentencePieceModel() throws(CheckpointError) -> SentencePieceModel {
    let metadata = file.metadata
    let addsSpace = try metadata.boolIfPresent(for: Self.key("add_space_prefix")) ?? true
    let isGemma = try metadata.string(for: "general.architecture").hasPrefix("gemma")
    return SentencePieceModel(
      pieces: PackedByteStrings(try metadata.byteStrings(for: Self.key("tokens"))),
      scores: try metadata.floats(for: Self.key("scores")).map { Float($0) },
      types: try tokenTypes(), prefix: addsSpace ? .everySegment : .never,
      mergeOrder: isGemma ? .ids : .scores,
      special: SpecialTokens(
        bos: try id("bos_token_id"), eos: try id("eos_token_id"),
        unknown: try id("unknown_token_id"), padding: try id("padding_token_id"),
        addsBOS: try metadata.boolIfPresent(for: Self.key("add_bos_token")) ?? true,
        addsEOS: try metadata.boolIfPresent(for: Self.key("add_eos_token")) ?? false),
      source: file.path)
  }

  private static func key(_ name: String) -> String { "tokenizer.ggml." + name }

  private func tokenTypes() throws(CheckpointError) -> [Int32] {
    try file.metadata.intsIfPresent(for: Self.key("token_type"))?.map { Int32(clamping: $0) } ?? []
  }

  private func id(_ name: String) throws(CheckpointError) -> Int32? {
    try file.metadata.intIfPresent(for: Self.key(name)).map { Int32(clamping: $0) }
  }

  private func read<Value>(
    _ body: () throws(CheckpointError) -> Value
  ) throws(ModelError) -> Value {
    do throws(CheckpointError) { return try body() } catch { throw .checkpoint(error) }
  }

  private func tokenizer(
    _ body: () throws(TokenizerError) -> any Tokenizer
  ) throws(ModelError) -> any Tokenizer {
    do throws(TokenizerError) { return try body() } catch {
      throw .tokenizer(path: file.path, error)
    }
  }
}
