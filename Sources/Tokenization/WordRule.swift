/// How a pre-tokenizer's compiled patterns cut a text into words.
enum WordRule: Sendable {
  /// The words are the matches of one pattern, which matches at every position.
  case everywhere(WordPattern)
  /// Each pattern cuts what the one before left in one piece; matches and what lies between them are
  /// both pieces.
  case successive([TextPattern])

  init(_ preTokenizer: PreTokenizer) throws(TokenizerError) {
    let name = preTokenizer.rawValue
    switch preTokenizer.words {
    case .everywhere(let pattern):
      self = .everywhere(try WordPattern(pattern, isAnchored: true, name: name))
    case .successive(let patterns):
      var steps: [TextPattern] = []
      for pattern in patterns {
        steps.append(.expression(try WordPattern(pattern, isAnchored: false, name: name)))
      }
      self = .successive(steps)
    }
  }
}
