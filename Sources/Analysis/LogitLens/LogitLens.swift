import Checkpoints
import ModelLibrary
import SteeringEngine

/// Reads vectors and hidden states as tokens, through the model's own unembedding.
///
/// The logit lens of nostalgebraist (2020) takes a hidden state through the final norm; SCANS
/// (Table 1) projects refusal vectors without it. Scores include the model's logit softcap, where it
/// has one.
public struct LogitLens: Sendable {
  /// What is read from every row of scores.
  public struct Request: Hashable, Sendable {
    /// How many of the highest tokens (and, for vectors, of the lowest) are kept.
    public var top: Int
    /// The ids of the tokens whose ranks are asked for.
    public var tokens: [Int]
    /// Whether the model's final norm comes before the unembedding.
    public var applyingFinalNorm: Bool

    public init(top: Int, tokens: [Int] = [], applyingFinalNorm: Bool) {
      self.top = top
      self.tokens = tokens
      self.applyingFinalNorm = applyingFinalNorm
    }
  }

  public let request: Request
  let engine: SteeringEngine

  public init(engine: SteeringEngine, request: Request) {
    self.engine = engine
    self.request = request
  }

  /// What `read` makes of the scores `[dVocab]` of every row of `rows`, `[row, dModel]`.
  ///
  /// `name` says what a row is, for errors.
  func reduce<Value: Sendable>(
    _ rows: [Float], applyingFinalNorm: Bool, shouldStop: @escaping @Sendable () -> Bool,
    name: (Int) -> String,
    _ read: @escaping @Sendable (Int, UnsafeBufferPointer<Float>) -> Value
  ) throws(AnalysisError) -> [Value] {
    let values: [Value?]
    do throws(EngineError) {
      values = try engine.reduceScores(
        of: rows, applyingFinalNorm: applyingFinalNorm, shouldStop: shouldStop, read)
    } catch {
      throw .engine(error)
    }
    if let missing = values.firstIndex(where: { $0 == nil }) {
      throw .lens(.notFinite(of: name(missing)))
    }
    return values.compactMap { $0 }
  }
}
