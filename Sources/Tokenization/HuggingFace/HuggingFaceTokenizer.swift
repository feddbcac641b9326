import Foundation

/// The tokenizer of a Hugging Face folder, with what its other files say about chats.
///
/// `tokenizer.json` is taken as it stands, as Hugging Face's `tokenizers` takes it. Where a folder
/// has none, `tokenizer.model` is read the way transformers 5 converts it. `tokenizer_config.json`
/// names the special tokens, before `special_tokens_map.json`.
public struct HuggingFaceTokenizer: Sendable {
  public let tokenizer: any Tokenizer
  /// The source of the chat template: `chat_template.jinja`, else that of `tokenizer_config.json`.
  public let chatTemplate: String?
  /// The names of the chat templates, where there is a list of them.
  public let chatTemplateNames: [String]
  /// The ids that end a generated text: EOS, and those of `generation_config.json`, or else of
  /// `config.json`.
  public let endIDs: [Int32]

  /// Reads the files of the folder at `path`; those that are optional may be missing.
  public init(folder path: String) throws(TokenizerError) {
    let folder = TokenizerFolder(path: path)
    let config = try TokenizerConfig(folder)
    let tokenizer: PipelineTokenizer
    if let bytes = try folder.read("tokenizer.json") {
      var file = try TokenizerFile(bytes, source: folder.path(of: "tokenizer.json"))
      tokenizer = try config.tokenizer(of: &file)
    } else if let bytes = try folder.read("tokenizer.model") {
      let file = try SentencePieceFile(bytes, source: folder.path(of: "tokenizer.model"))
      tokenizer = try config.tokenizer(of: file, addedTokens: folder.json("added_tokens.json"))
    } else {
      throw .missingTokenizer(folder: path)
    }
    self.tokenizer = tokenizer
    let template = try folder.readText("chat_template.jinja")
    let configured = try config.chatTemplate()
    chatTemplate = template ?? configured
    chatTemplateNames = try config.chatTemplateNames()
    let generation = try Self.endIDs(of: folder.json("generation_config.json"))
    let model = try Self.endIDs(of: folder.json("config.json"))
    let eos = [tokenizer.specialTokens.eos].compactMap { $0 }
    endIDs = Set((generation ?? model ?? []) + eos).sorted()
  }

  /// One id or a list of them.
  private static func endIDs(of file: FileComponent?) throws(TokenizerError) -> [Int32]? {
    let key = "eos_token_id"
    guard let file, let value = file.value[key] else { return nil }
    guard let elements = value.elements else { return [try file.id(value, key)] }
    var ids: [Int32] = []
    for element in elements { ids.append(try file.id(element, key)) }
    return ids
  }
}

/// Reads the files of a folder.
struct TokenizerFolder {
  let path: String

  func path(of name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

  /// The bytes of a file, nil where the folder has none of that name.
  func read(_ name: String) throws(TokenizerError) -> [UInt8]? {
    let file = path(of: name)
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    do {
      return Array(try Data(contentsOf: URL(fileURLWithPath: file)))
    } catch {
      throw .unreadableFile(path: file, reason: error.localizedDescription)
    }
  }

  /// The text of a file, nil where the folder has none of that name.
  func readText(_ name: String) throws(TokenizerError) -> String? {
    guard let bytes = try read(name) else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalidFile(problem: "it is not UTF-8 text", source: path(of: name))
    }
    return text
  }

  /// The object in a JSON file, nil where the folder has none of that name.
  func json(_ name: String) throws(TokenizerError) -> FileComponent? {
    guard let bytes = try read(name) else { return nil }
    return try FileComponent(parsing: bytes, source: path(of: name))
  }
}
