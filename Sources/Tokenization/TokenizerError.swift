/// What can go wrong when a tokenizer is built or used.
///
/// Each description is one sentence that says where the fault lies and what to do about it.
public enum TokenizerError: Error, Hashable, Sendable {
  /// The file names a pre-tokenizer whose splitting rule is not known here.
  case unsupportedPreTokenizer(name: String, source: String)
  /// The file does not say how text is split into words, and guessing would give other tokens.
  case unnamedPreTokenizer(source: String)
  /// The token list or a list that goes with it contradicts itself; `problem` says where and how.
  case invalidVocabulary(problem: String, source: String)
  /// Merge number `index` (from 0) cannot be used; `problem` says why.
  case invalidMerge(index: Int, merge: String, problem: String, source: String)
  /// A file of a tokenizer cannot be read; `reason` is the system's.
  case unreadableFile(path: String, reason: String)
  /// A file of a tokenizer is not what its format demands; `problem` says where and why.
  case invalidFile(problem: String, source: String)
  /// The file asks for a step or an option that is not known here, such as `the normalizer 'X'`.
  case unsupportedComponent(String, source: String)
  /// A folder has no file that describes a tokenizer.
  case missingTokenizer(folder: String)
  /// An id outside `0..<vocabularySize`.
  case unknownID(Int32, vocabularySize: Int)
  /// The text contains a byte that has no token; `word` is the printable text around it.
  case unencodableByte(UInt8, word: String, source: String)
  /// BOS was asked for and the model has none.
  case missingBOS
  /// What the tokenizer asks for grows out of proportion to the text; `step` says what does, from a
  /// byte of the text on.
  case tooMuchWork(_ step: String, offset: Int)
  /// PCRE2 refused a pattern or gave up on a text; `code` is PCRE2's own error number.
  case patternFailure(code: Int, offset: Int, preTokenizer: String)
}

extension TokenizerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unsupportedPreTokenizer(let name, let source):
      "\(source) names the pre-tokenizer '\(name)', which is not supported: use a model with one of "
        + BytePairTokenizer.supportedPreTokenizers.joined(separator: ", ")
        + ", or say with --pre-tokenizer which of them is the same rule."
    case .unnamedPreTokenizer(let source):
      "\(source) does not say how it splits text into words (it has no tokenizer.ggml.pre): convert "
        + "it again with a current llama.cpp, or say with --pre-tokenizer which rule its family has, "
        + "such as llama-bpe for Llama 3 and qwen2 for Qwen 2 and 3 (there are "
        + BytePairTokenizer.supportedPreTokenizers.joined(separator: ", ") + ")."
    case .invalidVocabulary(let problem, let source):
      "The vocabulary of \(source) is not valid (\(problem)): convert the model again or get "
        + "another copy."
    case .invalidMerge(let index, let merge, let problem, let source):
      "Merge \(index) of \(source), '\(merge)', is not valid (\(problem)): convert the model again "
        + "or get another copy."
    case .unreadableFile(let path, let reason):
      "\(path) cannot be read (\(reason)): check that the file exists and may be read."
    case .invalidFile(let problem, let source):
      "The tokenizer file \(source) is not valid (\(problem)): get another copy of it."
    case .unsupportedComponent(let component, let source):
      "\(source) asks for \(component), which is not supported: use a model whose tokenizer does "
        + "without it."
    case .missingTokenizer(let folder):
      "The folder \(folder) has neither tokenizer.json nor tokenizer.model: download one of them "
        + "from where the model came from."
    case .unknownID(let id, let size):
      "Token id \(id) does not exist: this vocabulary has ids 0 to \(size - 1)."
    case .unencodableByte(let byte, let word, let source):
      "The text has the byte \(hex(byte)) in '\(word)', for which \(source) has no token: "
        + "remove that character from the text."
    case .missingBOS:
      "A beginning-of-sequence token was asked for but this model has none: use BOS rule 'never'."
    case .tooMuchWork(let step, let offset):
      "The tokenizer takes too much work for this text: \(step) goes beyond its limit at byte "
        + "\(offset); use a tokenizer without that step, or shorten the text."
    case .patternFailure(let code, let offset, let preTokenizer):
      "PCRE2 failed with error \(code) at byte \(offset) in the pre-tokenizer '\(preTokenizer)': "
        + "check that the installed PCRE2 is 10.40 or newer and has Unicode support."
    }
  }
}
