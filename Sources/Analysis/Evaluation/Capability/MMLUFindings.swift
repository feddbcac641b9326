/// What MMLU found, question by question.
public struct MMLUFindings: Sendable {
  /// One question.
  public struct Question: Sendable {
    public var subject: String
    /// In its file, counted from 1.
    public var number: Int
    /// The index of the right letter.
    public var answer: Int
    /// Examples in its prompt.
    public var shots: Int
    /// `[variant][letter]`: log-probabilities among all tokens; unsteered and then steered.
    public var logProbabilities: [[Double]]
    /// nil without steering.
    public var sign: PromptSign?

    public init(
      subject: String, number: Int, answer: Int, shots: Int, logProbabilities: [[Double]],
      sign: PromptSign?
    ) {
      self.subject = subject
      self.number = number
      self.answer = answer
      self.shots = shots
      self.logProbabilities = logProbabilities
      self.sign = sign
    }

    /// The index of the likeliest letter; of equal ones the first.
    public func chosen(variant: Int) -> Int {
      let scores = logProbabilities[variant]
      return scores.indices.max { scores[$0] < scores[$1] || (scores[$0] == scores[$1] && $0 > $1) }
        ?? 0
    }
  }

  /// How many of some questions were answered right.
  public struct Accuracy: Sendable, Encodable {
    public var questions: Int
    public var right: Int

    public init(questions: Int, right: Int) {
      self.questions = questions
      self.right = right
    }

    public var share: Double { Double(right) / Double(questions) }

    /// The standard error as lm-evaluation-harness has it; of one question there is none.
    ///
    /// The sample's deviation, with n - 1, over the root of n.
    public var standardError: Double? {
      questions > 1 ? (share * (1 - share) / Double(questions - 1)).squareRoot() : nil
    }
  }

  /// A line of the table: a subject, a group, or all.
  public struct Row: Sendable {
    public enum Kind: String, Sendable { case subject, group, total }

    public var kind: Kind
    public var name: String
    /// `[variant]`.
    public var accuracies: [Accuracy]
  }

  public var questions: [Question]
  public var isSteered: Bool
  /// `[letter]`: the tokens that are compared, and their texts.
  public var letterTokens: [Int]
  public var letterTexts: [String]

  public init(
    questions: [Question], isSteered: Bool, letterTokens: [Int], letterTexts: [String]
  ) {
    self.questions = questions
    self.isSteered = isSteered
    self.letterTokens = letterTokens
    self.letterTexts = letterTexts
  }

  /// The variants' names, in the order of the log-probabilities.
  public var variants: [String] { isSteered ? ["unsteered", "steered"] : ["unsteered"] }

  /// Subjects in alphabetical order, then groups that have some, then all; pooled over questions.
  ///
  /// A subject that MMLU does not have counts in the total alone.
  public var rows: [Row] {
    let bySubject = Dictionary(grouping: questions, by: \.subject)
    let subjects = bySubject.sorted { $0.key < $1.key }.map { row(.subject, $0.key, $0.value) }
    let groups = MMLUGroup.allCases.compactMap { group in
      let these = questions.filter { MMLUGroup.group(of: $0.subject) == group }
      return these.isEmpty ? nil : row(.group, group.rawValue, these)
    }
    return subjects + groups + [row(.total, "all", questions)]
  }

  private func row(_ kind: Row.Kind, _ name: String, _ questions: [Question]) -> Row {
    Row(
      kind: kind, name: name,
      accuracies: variants.indices.map { variant in
        Accuracy(
          questions: questions.count,
          right: questions.count { $0.chosen(variant: variant) == $0.answer })
      })
  }
}
