import Foundation

/// What a measurement of perplexities found.
public struct PerplexityFindings: Sendable {
  /// One window of a text.
  public struct Window: Sendable {
    /// The place in the text of its first token.
    public var first: Int
    /// How many tokens are scored.
    public var scored: Int
    /// `[variant]`: the sum of their losses in nats, unsteered and then steered.
    public var losses: [Double]
    /// nil without steering.
    public var sign: PromptSign?
  }

  /// One text; see `TextPerplexity`.
  public struct Text: Sendable {
    public var name: String
    public var path: String
    public var format: TextPerplexity.Format
    public var tokens: Int
    public var words: Int
    public var bytes: Int
    public var windows: [Window]
  }

  /// lm-evaluation-harness's figures of a text.
  ///
  /// Those of words and bytes are exp of the text's whole loss per word and per byte; of a chat,
  /// whose template is scored too, there are none.
  public struct Figures: Sendable, Encodable {
    /// Of plain text exp of the mean loss, of a chat exp of the mean of the windows' mean losses.
    public var tokenPerplexity: Double
    public var wordPerplexity: Double?
    public var bytePerplexity: Double?
    public var bitsPerByte: Double?
  }

  public var texts: [Text]
  public var isSteered: Bool

  /// The variants' names, in the order of the losses.
  public var variants: [String] { isSteered ? ["unsteered", "steered"] : ["unsteered"] }
}

extension PerplexityFindings.Text {
  public func figures(variant: Int) -> PerplexityFindings.Figures {
    let losses = windows.map { $0.losses[variant] }
    switch format {
    case .chat:
      let means = zip(losses, windows).map { $0 / Double($1.scored) }
      return PerplexityFindings.Figures(
        tokenPerplexity: exp(means.reduce(0, +) / Double(means.count)))
    case .plain:
      let loss = losses.reduce(0, +)
      let scored = windows.reduce(0) { $0 + $1.scored }
      return PerplexityFindings.Figures(
        tokenPerplexity: exp(loss / Double(scored)), wordPerplexity: exp(loss / Double(words)),
        bytePerplexity: exp(loss / Double(bytes)), bitsPerByte: loss / Double(bytes) / log(2))
    }
  }
}
