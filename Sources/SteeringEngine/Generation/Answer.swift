/// One sequence's answer while it is generated.
///
/// A worker changes it while it holds the answer's row, between steps the generator; never both.
final class Answer: @unchecked Sendable {
  /// The sequence's index in the run.
  let sequence: Int
  let promptCount: Int
  /// The sequence's rows in the key-value cache.
  let prompt: [Ancestry.Span]
  /// What happens to generated tokens' rows.
  let edits: SequenceEdits?
  /// The most tokens that it may get.
  let limit: Int
  private(set) var tokens: [Int32] = []
  private(set) var end: GeneratedText.End?
  private var chooser: TokenChooser
  private let stopTokens: Set<Int32>

  init(
    _ sequence: TokenSequence, index: Int, prompt: [Ancestry.Span], options: GenerationOptions,
    nCtx: Int
  ) {
    self.sequence = index
    promptCount = sequence.tokens.count
    self.prompt = prompt
    limit = min(options.maxNewTokens, nCtx - sequence.tokens.count)
    stopTokens = options.stopTokens
    chooser = TokenChooser(options: options, prompt: sequence.tokens, sequence: index)
    edits = SequenceEdits(sequence)
  }

  /// The position of the newest token.
  var position: Int { promptCount + tokens.count - 1 }

  var text: GeneratedText? { end.map { GeneratedText(tokens: tokens, end: $0) } }

  /// Adds the token that `scores` choose, and sees whether the answer ends with it.
  func advance(
    _ scores: UnsafeMutableBufferPointer<Float>, isSettled: (Int, [Int32]) -> Bool
  ) throws(EngineError) {
    guard scores.allFinite else {
      throw .nonFinite(.logits, sequence: sequence, position: position)
    }
    let token = chooser.choose(from: scores)
    guard !stopTokens.contains(token) else {
      end = .stopToken(token)
      return
    }
    tokens.append(token)
    if isSettled(sequence, tokens) {
      end = .settled
    } else if tokens.count == limit {
      end = .length
    }
  }
}
