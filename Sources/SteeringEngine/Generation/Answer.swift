import CKernels
import Checkpoints

/// One request's answer while it is generated.
///
/// A worker changes it while it holds the answer's scores, between steps the generator; never both.
final class Answer: @unchecked Sendable {
  /// What the answer follows.
  struct Context {
    /// Its index among the contexts of the run.
    let index: Int
    let promptCount: Int
    /// Its rows in the key-value cache.
    let prompt: [Ancestry.Span]
    /// What happens to generated tokens' rows.
    let edits: SequenceEdits?
    let weight: Float
  }

  /// The request's index in the run.
  let request: Int
  let contexts: [Context]
  /// The most tokens that it may get.
  let limit: Int
  /// Whether its next token is that of the largest score.
  let takesLargest: Bool
  private(set) var tokens: [Int32] = []
  private(set) var end: GeneratedText.End?
  private var chooser: TokenChooser
  private let stopTokens: Set<Int32>

  /// `paths` are the cache's rows of each context; `first` is the index of the first context.
  init(
    _ request: AnswerRequest, index: Int, firstContext first: Int, paths: [[Ancestry.Span]],
    options: GenerationOptions, config: ModelConfig
  ) {
    self.request = index
    contexts = zip(request.contexts, paths).enumerated().map { place, context in
      Context(
        index: first + place, promptCount: context.0.sequence.tokens.count, prompt: context.1,
        edits: SequenceEdits(context.0.sequence), weight: context.0.weight)
    }
    let longest = contexts.map(\.promptCount).max() ?? 0
    limit = min(options.maxNewTokens, config.nCtx - longest)
    stopTokens = options.stopTokens
    takesLargest = options.choosesLargest && request.isPlain
    chooser = TokenChooser(
      options: options, prompt: request.contexts[0].sequence.tokens, dVocab: config.dVocab,
      sequence: index)
  }

  /// The position of the newest token in a context.
  func position(in context: Context) -> Int { context.promptCount + tokens.count - 1 }

  var text: GeneratedText? { end.map { GeneratedText(tokens: tokens, end: $0) } }

  /// Adds the token that `scores` choose, and sees whether the answer ends with it.
  ///
  /// `scores` are `[context, dVocab]`, and are overwritten.
  func advance(
    _ scores: UnsafeMutableBufferPointer<Float>, isSettled: (Int, [Int32]) -> Bool
  ) throws(EngineError) {
    take(chooser.choose(from: try combined(scores)), isSettled: isSettled)
  }

  /// Tokens whose scores will be lowered, where any are.
  var penalised: TokenSet? { chooser.penalised }

  /// Adds the token that is chosen where it ``takesLargest``, among `scores` that have all that it can
  /// be.
  func advance(among scores: [ScoredOutput], isSettled: (Int, [Int32]) -> Bool) {
    take(chooser.choose(among: scores), isSettled: isSettled)
  }

  private func take(_ token: Int32, isSettled: (Int, [Int32]) -> Bool) {
    guard !stopTokens.contains(token) else {
      end = .stopToken(token)
      return
    }
    tokens.append(token)
    if isSettled(request, tokens) {
      end = .settled
    } else if tokens.count == limit {
      end = .length
    }
  }

  /// The weighted sum of the contexts' scores, in the place of the first context's.
  private func combined(
    _ scores: UnsafeMutableBufferPointer<Float>
  ) throws(EngineError) -> UnsafeMutableBufferPointer<Float> {
    let count = scores.count / contexts.count
    let first = UnsafeMutableBufferPointer(rebasing: scores[..<count])
    for (place, context) in contexts.enumerated() {
      let own = UnsafeMutableBufferPointer(
        rebasing: scores[place * count..<(place + 1) * count])
      guard own.allFinite else {
        throw .nonFinite(.logits, sequence: context.index, position: position(in: context))
      }
      if place == 0 {
        if context.weight != 1 { ck_scale(own.baseAddress, context.weight, count) }
      } else {
        ck_add_scaled(first.baseAddress, own.baseAddress, context.weight, count)
      }
    }
    return first
  }
}
