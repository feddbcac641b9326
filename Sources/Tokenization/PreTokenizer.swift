/// How a family of models splits text into words before merging inside each word.
///
/// The raw values are GGUF's names (`tokenizer.ggml.pre`), of which several can mean one rule. The
/// patterns have the meaning of those in the families' published `tokenizer.json`, spelled
/// differently: character classes are written out (see `CharacterClass`), and `smollm` is one pattern
/// for what is published as two steps, "isolate every digit" and then GPT-2's pattern on what lies
/// between digits. `default` is llama.cpp's rule for models of which it knows none.
enum PreTokenizer: String, CaseIterable, Sendable {
  case gpt2 = "gpt-2"
  case smollm
  case llamaBPE = "llama-bpe"
  case qwen2
  case tekken
  case gpt4o = "gpt-4o"
  case `default`

  /// Other names of the rules, as llama.cpp reads them.
  private static let twins: [String: PreTokenizer] = [
    "phi-2": .gpt2, "jina-es": .gpt2, "jina-de": .gpt2, "gigachat": .gpt2, "jina-v2-es": .gpt2,
    "jina-v2-de": .gpt2, "a.x-4.0": .gpt2, "mellum": .gpt2,
    "llama3": .llamaBPE, "llama-v3": .llamaBPE, "falcon3": .llamaBPE, "falcon-h1": .llamaBPE,
    "pixtral": .llamaBPE, "midm-2.0": .llamaBPE, "lfm2": .llamaBPE,
    "deepseek-r1-qwen": .qwen2, "kormo": .qwen2, "f2llmv2": .qwen2,
    "llama4": .gpt4o,
  ]

  /// The rule of a name in GGUF.
  init?(named name: String) {
    guard let rule = PreTokenizer(rawValue: name) ?? Self.twins[name] else { return nil }
    self = rule
  }

  /// The patterns of a rule (see ``WordRule``).
  enum Words {
    case everywhere(String)
    case successive([String])
  }

  var words: Words {
    switch self {
    case .gpt2: .everywhere(Self.gpt2Pattern)
    case .smollm: .everywhere(Self.smollmPattern)
    case .llamaBPE: .everywhere(Self.llamaPattern(number: "[\(CharacterClass.number)]{1,3}"))
    case .qwen2: .everywhere(Self.llamaPattern(number: "[\(CharacterClass.number)]"))
    case .tekken:
      .everywhere(Self.casedPattern(number: "[\(CharacterClass.number)]", ending: ""))
    case .gpt4o:
      .everywhere(
        Self.casedPattern(
          number: "[\(CharacterClass.number)]{1,3}", ending: "(?i:'(?:[stmd]|re|ve|ll))?"))
    case .default: .successive(Self.defaultPatterns)
    }
  }

  private static let letter = CharacterClass.letter
  private static let space = CharacterClass.whitespace

  static var gpt2Pattern: String {
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

  /// The pattern that Mistral's tekken and GPT-4o share but for the numbers and for what a word may
  /// end with: a word begins anew at a capital that follows a small letter.
  private static func casedPattern(number: String, ending: String) -> String {
    let allNumbers = CharacterClass.number
    let capital = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}\#(CharacterClass.unassignedLetter)]"#
    let small = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}\#(CharacterClass.unassignedLetter)]"#
    let before = #"[^\r\n\#(letter)\#(allNumbers)]?"#
    return "\(before)\(capital)*\(small)+\(ending)|\(before)\(capital)+\(small)*\(ending)|" + number
      + #"| ?[^\#(space)\#(letter)\#(allNumbers)]+[\r\n/]*|[\#(space)]*[\r\n]+"#
      + "|[\(space)]+(?![^\(space)])|[\(space)]+"
  }

  private static var defaultPatterns: [String] {
    let number = CharacterClass.number
    return [
      #"[\p{P}$+<=>^~|]+"#,
      "'s|'t|'re|'ve|'m|'ll|'d| ?[\(letter)]+| ?[\(number)]+| ?[^\(space)\(letter)\(number)]+"
        + "|[\(space)]+(?![^\(space)])",
      "[\(number)]+",
      "[0-9][0-9][0-9]",
    ]
  }

  /// Whether text is brought into Unicode's normalisation form C first.
  var normalizesToNFC: Bool { self == .qwen2 }

  /// Whether a word that is itself a token is taken whole, whatever the merges say.
  var takesWholeWords: Bool { self == .llamaBPE || self == .tekken }

  /// Whether prompts begin with BOS where the model file does not say.
  var addsBOSByDefault: Bool { self == .llamaBPE || self == .tekken }
}
