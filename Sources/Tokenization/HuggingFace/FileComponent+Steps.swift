extension FileComponent {
  /// The normalizers that this one stands for.
  func normalizers() throws(TokenizerError) -> [NormalizerStep] {
    let type = try type()
    switch type {
    case "Sequence":
      var steps: [NormalizerStep] = []
      for part in try components("normalizers") { steps += try part.normalizers() }
      return steps
    case "NFC": return [.nfc]
    case "NFD": return [.nfd]
    case "NFKC": return [.nfkc]
    case "NFKD": return [.nfkd]
    case "Lowercase": return [.lowercase]
    case "Strip":
      return [
        .strip(
          left: try bool("strip_left", absent: true), right: try bool("strip_right", absent: true))
      ]
    case "Prepend": return [.prepend(try bytes("prepend"))]
    case "Replace": return [.replace(try pattern(), content: try bytes("content"))]
    default: throw unsupported("normalizer", type)
    }
  }

  /// The steps that this pre-tokenizer stands for.
  func splits() throws(TokenizerError) -> [SplitStep] {
    let type = try type()
    switch type {
    case "Sequence":
      var steps: [SplitStep] = []
      for part in try components("pretokenizers") { steps += try part.splits() }
      return steps
    case "ByteLevel": return [try byteLevelSplit()]
    case "Split":
      return [
        .split(try pattern(), try splitBehavior(), isInverted: try bool("invert", absent: false))
      ]
    case "Digits":
      let digit = try Self.characters(CharacterClass.isolatedDigit, name: type)
      let isIndividual = try bool("individual_digits", absent: false)
      return [.split(digit, isIndividual ? .isolated : .contiguous, isInverted: false)]
    case "WhitespaceSplit":
      let space = try Self.characters(CharacterClass.whitespace, name: type)
      return [.split(space, .removed, isInverted: false)]
    case "Metaspace":
      return [
        .metaspace(
          mark: try bytes("replacement"), try prependScheme(), cuts: try bool("split", absent: true)
        )
      ]
    default: throw unsupported("pre-tokenizer", type)
    }
  }

  private func byteLevelSplit() throws(TokenizerError) -> SplitStep {
    let usesWords = try bool("use_regex", absent: true)
    return .byteLevel(
      addsPrefixSpace: try bool("add_prefix_space", absent: true),
      words: usesWords
        ? .expression(
          try WordPattern(PreTokenizer.gpt2Pattern, isAnchored: true, name: "ByteLevel")) : nil)
  }

  private func splitBehavior() throws(TokenizerError) -> SplitBehavior {
    let name = try string("behavior")
    guard let behavior = SplitBehavior(rawValue: name) else {
      throw unsupported("behavior", name)
    }
    return behavior
  }

  /// One character of a class.
  private static func characters(
    _ members: String, name: String
  ) throws(TokenizerError) -> TextPattern {
    .expression(try WordPattern("[\(members)]", isAnchored: false, name: name))
  }

  private func prependScheme() throws(TokenizerError) -> PrependScheme {
    if value["prepend_scheme"] == nil {
      return try bool("add_prefix_space", absent: true) ? .always : .never
    }
    let name = try string("prepend_scheme")
    guard let scheme = PrependScheme(rawValue: name) else {
      throw unsupported("prepend_scheme", name)
    }
    return scheme
  }

  /// How the decoder part makes text of pieces.
  func decoder() throws(TokenizerError) -> TokenDecoder {
    var decoder = TokenDecoder()
    var isFused = false
    try apply(to: &decoder, isFused: &isFused)
    return decoder
  }

  private func apply(to decoder: inout TokenDecoder, isFused: inout Bool) throws(TokenizerError) {
    let type = try type()
    switch type {
    case "Sequence":
      for part in try components("decoders") { try part.apply(to: &decoder, isFused: &isFused) }
    case "ByteLevel": decoder.isByteLevel = true
    case "ByteFallback": decoder.readsBytes = true
    case "Fuse": isFused = true
    case "Replace": decoder.replacements.append((try pattern(), try bytes("content")))
    case "Metaspace":
      let space = [UInt8(ascii: " ")]
      decoder.replacements.append((.literal(try bytes("replacement")), space))
      if try prependScheme() != .never { decoder.trim = .spacesOfFirstToken }
    case "Strip":
      guard isFused, value["stop"]?.int == 0, let count = value["start"]?.int, count >= 0 else {
        throw unsupported(option: "a Strip decoder other than at the beginning of the text")
      }
      decoder.trim = .prefix(try bytes("content"), count: count)
    default: throw unsupported("decoder", type)
    }
  }
}
