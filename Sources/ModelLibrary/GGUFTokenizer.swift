import Checkpoints
import Tokenization

/// Makes the tokenizer that a GGUF file's `tokenizer.ggml.*` metadata describes.
enum GGUFTokenizer {
  static func open(_ file: GGUFFile) throws(ModelError) -> any Tokenizer {
    let model: BytePairModel?
    let kind: String
    do throws(CheckpointError) {
      kind = try file.metadata.string(for: "tokenizer.ggml.model")
      model = kind == "gpt2" ? try bytePairModel(file) : nil
    } catch {
      throw .checkpoint(error)
    }
    guard let model else { throw .unsupportedTokenizer(path: file.path, kind: kind) }
    do throws(TokenizerError) {
      return try BytePairTokenizer(model)
    } catch {
      throw .tokenizer(path: file.path, error)
    }
  }

  private static func bytePairModel(_ file: GGUFFile) throws(CheckpointError) -> BytePairModel {
    let metadata = file.metadata
    func key(_ name: String) -> String { "tokenizer.ggml." + name }
    func id(_ name: String) throws(CheckpointError) -> Int32? {
      try metadata.intIfPresent(for: key(name)).map { Int32(clamping: $0) }
    }
    var model = BytePairModel(
      tokens: PackedByteStrings(try metadata.byteStrings(for: key("tokens"))),
      merges: PackedByteStrings(try metadata.byteStrings(for: key("merges"))),
      tokenTypes: try metadata.intsIfPresent(for: key("token_type"))?
        .map { Int32(clamping: $0) } ?? [],
      preTokenizer: try metadata.stringIfPresent(for: key("pre")) ?? "gpt-2", source: file.path)
    model.bos = try id("bos_token_id")
    model.eos = try id("eos_token_id")
    model.unknown = try id("unknown_token_id")
    model.padding = try id("padding_token_id")
    model.addsBOS = try metadata.boolIfPresent(for: key("add_bos_token"))
    model.addsEOS = try metadata.boolIfPresent(for: key("add_eos_token"))
    return model
  }
}
