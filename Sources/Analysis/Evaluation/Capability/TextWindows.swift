import ModelLibrary
import SteeringEngine
import Tokenization

/// A text cut into windows that do not overlap, as the model reads them.
struct TextWindows: Sendable {
  /// Tokens that the model reads in one go.
  struct Window: Sendable {
    var tokens: [Int32]
    /// `[position]`: the token that comes after `tokens[position]`, whose loss counts.
    var targets: [Int32]
    /// The window's part of the text's tokens.
    var part: Range<Int>
    /// Where steering begins.
    var steeredFrom: Int
  }

  let windows: [Window]

  /// Every token of the text scored once.
  ///
  /// The first token follows `prefix`; every later window begins with the last token of the window
  /// before as its only context: the disjoint windows of lm-evaluation-harness's rolling
  /// log-likelihood. Without a prefix the text's first token is not scored. All positions are
  /// steered.
  init(rolling tokens: [Int32], prefix: Int32?, size: Int) {
    let read = [prefix].compactMap { $0 } + tokens.dropLast()
    let targets = Array(tokens.suffix(read.count))
    windows = stride(from: 0, to: targets.count, by: size).map { start in
      let range = start..<min(start + size, targets.count)
      return Window(
        tokens: Array(read[range]), targets: Array(targets[range]), part: range, steeredFrom: 0)
    }
  }

  /// Chunks as a chat: the first half of each as the user's turn, the second half as the answer.
  ///
  /// A chunk has `size` tokens less those of the template; what is left at the end is dropped, unless
  /// it is all there is. Every token but the first is scored, the template's too. Steering begins at
  /// the query end.
  init(chat tokens: [Int32], size: Int, model: LanguageModel) throws(AnalysisError) {
    let encoder: PromptEncoder
    let room: Int
    do throws(ModelError) {
      encoder = try PromptEncoder(model: model, format: PromptFormat())
      let shortest = try encoder.encode("a")
      room = size - shortest.tokens.count
      windows = try Self.chunks(of: tokens.count, size: room).map {
        (part) throws(ModelError) in try Self.turn(tokens, part, size, encoder, model)
      }
    } catch {
      throw .model(error)
    }
    guard encoder.marksQueryEnd else { throw .capability(.noTurns(model: model.path)) }
    guard room >= 2 else {
      throw .capability(.windowTooSmall(window: size, needed: size - room + 2))
    }
  }

  private static func chunks(of count: Int, size: Int) -> [Range<Int>] {
    guard size > 1 else { return [] }
    return stride(from: 0, through: max(count - size, 0), by: size).map {
      $0..<min($0 + size, count)
    }
  }

  private static func turn(
    _ tokens: [Int32], _ part: Range<Int>, _ size: Int, _ encoder: PromptEncoder,
    _ model: LanguageModel
  ) throws(ModelError) -> Window {
    let middle = part.lowerBound + part.count / 2
    let query = try encoder.encode(
      model.text(of: tokens[part.lowerBound..<middle]))
    // Decoded and tokenized anew, a half may become longer.
    let whole = (query.tokens + tokens[middle..<part.upperBound]).prefix(size + 1)
    return Window(
      tokens: Array(whole.dropLast()), targets: Array(whole.dropFirst()), part: part,
      steeredFrom: min(query.queryEnd, whole.count - 1))
  }
}

extension LanguageModel {
  /// The tokens of a plain text, without BOS; control tokens written in it count as such, as they do
  /// for transformers and so for lm-evaluation-harness.
  func plainTokens(of text: String) throws(ModelError) -> [Int32] {
    do throws(TokenizerError) { return try tokenizer.encode(text) } catch {
      throw .tokenizer(path: path, error)
    }
  }

  /// The text of tokens.
  func text(of tokens: some Sequence<Int32>) throws(ModelError) -> String {
    do throws(TokenizerError) { return try tokenizer.decode(tokens) } catch {
      throw .tokenizer(path: path, error)
    }
  }
}
