import Foundation

extension LanguageModel {
  /// Files of a folder from which its tokenizer is made.
  private static let tokenizerFiles: Set = [
    "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json",
    "added_tokens.json", "vocab.json", "merges.txt",
  ]

  /// What texts and answers depend on besides the weights, by the names of attributes: tokenizer, chat
  /// template and the tokens that end an answer, as they are, not as options named them.
  ///
  /// Of a GGUF model, whose digest has its tokenizer, `tokenizer_sha256` is absent.
  public func textSettings() throws(ModelError) -> [String: String] {
    var settings: [String: String] = [
      "end_tokens": endTokens.sorted().map(String.init).joined(separator: ",")
    ]
    settings["chat_template_sha256"] = try chatTemplateSHA256()
    settings["pre_tokenizer"] = preTokenizer
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let names = files.filter(Self.tokenizerFiles.contains)
    if !names.isEmpty {
      settings["tokenizer_sha256"] = try FileDigest().sha256(ofFiles: names, in: path)
    }
    return settings
  }
}
