/// How a family of models splits text into words before merging inside each word.
///
/// The raw values are GGUF's names (`tokenizer.ggml.pre`). The patterns have the meaning of those
/// in the families' published `tokenizer.json`, spelled differently: character classes are written
/// out (see `CharacterClass`), and `smollm` is one pattern for what is published as two steps,
/// "isolate every digit" and then GPT-2's pattern on what lies between digits.
enum PreTokenizer: String, CaseIterable, Sendable {
  case gpt2 = "gpt-2"
  case smollm
  case llamaBPE = "llama-bpe"
  case qwen2

  /// The pattern of one word; at every position of any text one of its branches matches.
  var pattern: String {
    switch self {
    case .gpt2: Self.gpt2Pattern
    case .smollm: Self.smollmPattern
    case .llamaBPE: Self.llamaPattern(number: "[\(CharacterClass.number)]{1,3}")
    case .qwen2: Self.llamaPattern(number: "[\(CharacterClass.number)]")
    }
  }

  private static let letter = CharacterClass.letter
  private static let space = CharacterClass.whitespace

  private static var gpt2Pattern: String {
    let number = CharacterClass.number
    return "'(?:[stmd]|re|ve|ll)| ?[\(letter)]+| ?[\(number)]+| ?[^\(space)\(letter)\(number)]+"
      + "|[\(space)]+(?![^\(space)])|[\(space)]+"
  }

  private static var smollmPattern: String {
    let digit = CharacterClass.isolatedDigit
    // A digit ends the stretch of text that GPT-2's pattern sees, so the whitespace in front of it
    // counts as trailing.
    return "'(?:[stmd]|re|ve|ll)| ?[\(letter)]+|[\(digit)]| ?[^\(space)\(letter)\(digit)]+"
      + "|[\(space)]+(?![^\(space)\(digit)])|[\(space)]+"
  }

  /// The pattern that Llama 3 and Qwen 2 share but for the numbers.
  private static func llamaPattern(number: String) -> String {
    let allNumbers = CharacterClass.number
    return #"(?i:'(?:[stmd]|re|ve|ll))|[^\r\n\#(letter)\#(allNumbers)]?[\#(letter)]+|"# + number
      + #"| ?[^\#(space)\#(letter)\#(allNumbers)]+[\r\n]*|[\#(space)]*[\r\n]+"#
      + "|[\(space)]+(?![^\(space)])|[\(space)]+"
  }

  /// Whether text is brought into Unicode's normalisation form C first.
  var normalizesToNFC: Bool { self == .qwen2 }

  /// Whether a word that is itself a token is taken whole, whatever the merges say.
  var takesWholeWords: Bool { self == .llamaBPE }

  /// Whether prompts begin with BOS where the model file does not say.
  var addsBOSByDefault: Bool { self == .llamaBPE }
}
