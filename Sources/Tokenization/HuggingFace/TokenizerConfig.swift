import StrictJSON

/// What `tokenizer_config.json` and `special_tokens_map.json` say about a tokenizer.
struct TokenizerConfig {
  private let config: FileComponent?
  private let map: FileComponent?

  init(_ folder: TokenizerFolder) throws(TokenizerError) {
    config = try folder.json("tokenizer_config.json")
    map = try folder.json("special_tokens_map.json")
  }

  /// The chat template: a text, or the one named `default` of several.
  func chatTemplate() throws(TokenizerError) -> String? {
    guard let config, let value = config.value["chat_template"] else { return nil }
    if let template = value.string { return template }
    guard value.kind == .array else {
      throw config.invalid("chat_template", "neither text nor a list")
    }
    for part in try config.components("chat_template") where try part.string("name") == "default" {
      return try part.string("template")
    }
    return nil
  }

  /// The names of the chat templates of a list, of which `default` alone is used.
  func chatTemplateNames() throws(TokenizerError) -> [String] {
    guard let config, config.value["chat_template"]?.kind == .array else { return [] }
    var names: [String] = []
    for part in try config.components("chat_template") { names.append(try part.string("name")) }
    return names
  }

  /// The tokenizer of a `tokenizer.json` with the special tokens that are named here.
  ///
  /// Its post-processor alone says whether a text gets BOS: transformers 5 leaves `add_bos_token`
  /// and `add_eos_token` out where there is a `tokenizer.json`.
  func tokenizer(of file: inout TokenizerFile) throws(TokenizerError) -> PipelineTokenizer {
    try add(to: &file.addedTokens)
    var special = try specialTokens(in: file.addedTokens)
    special.unknown = file.unknown ?? special.unknown
    let surrounding = file.surrounding
    if surrounding.before.count > 1 {
      throw .unsupportedComponent(
        "more than one token in front of a text", source: file.source)
    }
    special.bos = surrounding.before.first ?? special.bos
    special.addsBOS = !surrounding.before.isEmpty
    special.addsEOS = !surrounding.after.isEmpty && surrounding.after.last == special.eos
    return try file.tokenizer(special)
  }

  /// The tokenizer of a `tokenizer.model`; `addedTokens` is `added_tokens.json`.
  func tokenizer(
    of file: SentencePieceFile, addedTokens: FileComponent?
  ) throws(TokenizerError) -> PipelineTokenizer {
    var model = file.model
    let isLegacy = try config?.bool("legacy", absent: false) ?? false
    let addsSpace = try config?.bool("add_prefix_space", absent: file.addsPrefixSpace)
    model.prefix = addsSpace ?? file.addsPrefixSpace ? (isLegacy ? .always : .first) : .never
    var list = try model.addedTokens()
    if let addedTokens { try Self.add(addedTokens, to: &list) }
    try add(to: &list)
    var special = try specialTokens(in: list)
    special.bos = special.bos ?? model.special.bos
    special.eos = special.eos ?? model.special.eos
    special.unknown = special.unknown ?? model.special.unknown
    special.padding = special.padding ?? model.special.padding
    (special.addsBOS, special.addsEOS) = try flags() ?? (true, false)
    model.special = special
    return try PipelineTokenizer(model, addedTokens: list)
  }

  /// Whether BOS and EOS are added, nil where the file has neither flag; one alone turns the other
  /// off, as in transformers 5.
  private func flags() throws(TokenizerError) -> (addsBOS: Bool, addsEOS: Bool)? {
    guard let config, config.value.has("add_bos_token") || config.value.has("add_eos_token")
    else { return nil }
    return (
      try config.bool("add_bos_token", absent: false),
      try config.bool("add_eos_token", absent: false)
    )
  }
}

extension TokenizerConfig {
  /// Adds the tokens of `added_tokens_decoder` and the special ones that are in the vocabulary.
  private func add(to list: inout AddedTokenList) throws(TokenizerError) {
    let names = try specialNames()
    if let config, let decoder = try config.component("added_tokens_decoder") {
      for token in try decoder.addedTokensByID() {
        var token = token
        token.isSpecial = token.isSpecial || names.contains { $0.content == token.content }
        try list.add(token)
      }
    }
    for name in names where !list.contains(name.content) {
      // Others, such as a padding token that some files name, would lie beyond the model's rows.
      guard let id = list.id(of: name.content) else { continue }
      var token = name
      token.id = id
      try list.add(token)
    }
  }

  /// Adds the tokens of `added_tokens.json`, in the order of their ids.
  private static func add(
    _ file: FileComponent, to list: inout AddedTokenList
  ) throws(TokenizerError) {
    var tokens: [AddedToken] = []
    guard let members = file.value.members else { return }
    for (content, value) in members {
      let id = try file.id(value, String(decoding: content, as: UTF8.self))
      tokens.append(AddedToken(id: id, content: Array(content), isNormalized: true))
    }
    for token in tokens.sorted(by: { $0.id < $1.id }) { try list.add(token) }
  }

  /// The special tokens by name, and those listed besides; their ids are not set yet.
  private func specialNames() throws(TokenizerError) -> [AddedToken] {
    var names: [AddedToken] = []
    for role in ["bos_token", "eos_token", "unk_token", "pad_token"] {
      if let token = try named(role) { names.append(token) }
    }
    for part in [config, map] {
      for key in ["additional_special_tokens", "extra_special_tokens"] {
        guard let part, let elements = part.value[key]?.elements else { continue }
        for element in elements { names.append(try Self.token(element, key, in: part)) }
      }
    }
    return names
  }

  /// The token in a role such as `bos_token`, nil where both files have none or null.
  private func named(_ role: String) throws(TokenizerError) -> AddedToken? {
    for part in [config, map] {
      guard let part, let value = part.value[role] else { continue }
      return try Self.token(value, role, in: part)
    }
    return nil
  }

  /// A token written as text or as an object.
  private static func token(
    _ value: JSONValue, _ key: String, in part: FileComponent
  ) throws(TokenizerError) -> AddedToken {
    if let content = value.bytes {
      return AddedToken(id: 0, content: Array(content), isSpecial: true)
    }
    guard value.kind == .object else { throw part.invalid(key, "no token") }
    var token = try FileComponent(value: value, place: key, source: part.source).addedToken(id: 0)
    token.isSpecial = true
    return token
  }

  private func specialTokens(in list: AddedTokenList) throws(TokenizerError) -> SpecialTokens {
    func id(_ role: String) throws(TokenizerError) -> Int32? {
      try named(role).flatMap { list.id(of: $0.content) }
    }
    for role in ["bos_token", "eos_token"] {
      if let token = try named(role), list.id(of: token.content) == nil {
        throw .invalidFile(
          problem: "its \(role) '\(printable(token.content))' is no token of the vocabulary",
          source: config?.source ?? map?.source ?? "tokenizer_config.json")
      }
    }
    return SpecialTokens(
      bos: try id("bos_token"), eos: try id("eos_token"), unknown: try id("unk_token"),
      padding: try id("pad_token"))
  }
}

extension FileComponent {
  /// The entries of `added_tokens_decoder` in the order of their ids.
  fileprivate func addedTokensByID() throws(TokenizerError) -> [AddedToken] {
    var tokens: [AddedToken] = []
    guard let members = value.members else { return [] }
    for (key, value) in members {
      let name = String(decoding: key, as: UTF8.self)
      guard let id = Int32(name), id >= 0, Int(id) <= PieceVocabulary.largestID,
        value.kind == .object
      else { throw invalid(name, "no token with an id") }
      tokens.append(
        try FileComponent(value: value, place: "\(place).\(name)", source: source)
          .addedToken(id: id))
    }
    return tokens.sorted { $0.id < $1.id }
  }
}
