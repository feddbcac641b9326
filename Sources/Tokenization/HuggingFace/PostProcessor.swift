/// The tokens that a post-processor puts around a single text.
struct PostProcessor: Hashable {
  var before: [Int32] = []
  var after: [Int32] = []
}

extension FileComponent {
  /// What this post-processor puts around a text.
  func postProcessor() throws(TokenizerError) -> PostProcessor {
    let type = try type()
    switch type {
    case "Sequence":
      var result = PostProcessor()
      for part in try components("processors") {
        let inner = try part.postProcessor()
        result.before = inner.before + result.before
        result.after += inner.after
      }
      return result
    // It only moves offsets.
    case "ByteLevel": return PostProcessor()
    case "TemplateProcessing": return try templateProcessing()
    default: throw unsupported("post-processor", type)
    }
  }

  private func templateProcessing() throws(TokenizerError) -> PostProcessor {
    var result = PostProcessor()
    var isAfterText = false
    for part in try components("single") {
      if part.value["Sequence"] != nil {
        isAfterText = true
        continue
      }
      guard let name = part.value["SpecialToken"]?["id"]?.string,
        let ids = value["special_tokens"]?[name]?["ids"]?.elements
      else { throw part.invalid("SpecialToken", "unknown") }
      for id in ids {
        let id = try part.id(id, "ids")
        if isAfterText { result.after.append(id) } else { result.before.append(id) }
      }
    }
    return result
  }

  /// Reads one entry of `added_tokens`.
  func addedToken() throws(TokenizerError) -> AddedToken {
    try addedToken(id: id(value["id"], "id"))
  }

  /// Reads one entry of `added_tokens_decoder`, whose id is its key.
  func addedToken(id: Int32) throws(TokenizerError) -> AddedToken {
    let isSpecial = try bool("special", absent: false)
    return AddedToken(
      id: id, content: try bytes("content"), isSpecial: isSpecial,
      isNormalized: try bool("normalized", absent: !isSpecial),
      isSingleWord: try bool("single_word", absent: false),
      stripsLeft: try bool("lstrip", absent: false), stripsRight: try bool("rstrip", absent: false))
  }
}
