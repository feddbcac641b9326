import ModelLibrary
import Prompts
import Tokenization

/// MMLU's few-shot prompts in the words of its authors' script, without a chat template.
struct MMLUPrompt: Sendable {
  /// A prompt that fits the context.
  struct Encoded: Sendable {
    var tokens: [Int32]
    var text: String
    /// Examples that are in it.
    var shots: Int
  }

  /// Tokens of a prompt at most, as in the authors' script; the model's context where it is shorter.
  static let contextTokens = 2048

  /// Examples that are shown, where they fit.
  let shots: Int
  /// `[letter]`: the tokens that are compared.
  let letters: [Int32]
  private let model: LanguageModel
  /// What comes before a letter's token.
  private let shared: [Int32]

  /// Refuses a model whose tokenizer does not tell the letters apart by one token.
  init(model: LanguageModel, shots: Int) throws(AnalysisError) {
    self.model = model
    self.shots = shots
    (shared, letters) = try Self.letters(of: model)
  }

  private var limit: Int { min(Self.contextTokens, model.config.nCtx) }

  /// The prompt of one question; examples are dropped from the end until it fits.
  func encode(_ question: Int, of subject: MMLUSubject) throws(AnalysisError) -> Encoded {
    let asked = Self.text(of: subject.questions[question], withAnswer: false)
    let examples = subject.examples.prefix(shots).map { Self.text(of: $0, withAnswer: true) }
    for count in stride(from: examples.count, through: 0, by: -1) {
      let text = Self.head(subject.name) + examples.prefix(count).joined() + asked
      let tokens = try Self.tokenize(text, model) + shared
      if tokens.count <= limit { return Encoded(tokens: tokens, text: text, shots: count) }
    }
    throw .capability(
      .questionTooLong(subject: subject.name, question: question + 1, limit: limit))
  }

  /// The subject stands after two spaces, as the authors' script has it.
  private static func head(_ subject: String) -> String {
    "The following are multiple choice questions (with answers) about  "
      + subject.replacing("_", with: " ") + ".\n\n"
  }

  private static func text(of question: ChoiceQuestion, withAnswer: Bool) -> String {
    let choices = zip(ChoiceQuestion.letters, question.choices).map { "\n\($0). \($1)" }.joined()
    let answer = withAnswer ? " \(ChoiceQuestion.letters[question.answer])\n\n" : ""
    return question.question + choices + "\nAnswer:" + answer
  }

  private static func tokenize(
    _ text: String, _ model: LanguageModel
  ) throws(AnalysisError) -> [Int32] {
    do throws(TokenizerError) {
      return try model.tokenizer.encode(text, addingBOS: .asModel)
    } catch {
      throw .model(.tokenizer(path: model.path, error))
    }
  }

  /// What all letters begin with after "Answer:", where a letter and its space are not one token, and
  /// the token that tells each from the others.
  private static func letters(
    of model: LanguageModel
  ) throws(AnalysisError) -> (shared: [Int32], tokens: [Int32]) {
    let open = try tokenize("Answer:", model)
    let closed = try ChoiceQuestion.letters.map { (letter) throws(AnalysisError) in
      try tokenize("Answer: \(letter)", model)
    }
    let (heads, tokens) = (Set(closed.map { $0.dropLast() }), closed.compactMap(\.last))
    guard let head = heads.first, heads.count == 1, head.starts(with: open),
      Set(tokens).count == ChoiceQuestion.letters.count
    else { throw .capability(.noLetterTokens(model: model.path)) }
    return (Array(head.dropFirst(open.count)), tokens)
  }
}
