/// One input of a run: tokens, the positions whose rows are read at every captured hook point, and
/// what the run changes on the way.
///
/// The same tokens may be given many times with different interventions; whatever they share, the
/// prefix before the first changed position and every layer before the first changed one, is
/// computed once.
public struct TokenSequence: Hashable, Sendable {
  public var tokens: [Int32]
  /// Positions in `tokens`, counted from 0, in the order in which their rows are delivered.
  public var readPositions: [Int]
  public var interventions: [Intervention]

  public init(tokens: [Int32], readPositions: [Int], interventions: [Intervention] = []) {
    self.tokens = tokens
    self.readPositions = readPositions
    self.interventions = interventions
  }
}

/// The rows of one hook point for consecutive sequences of a run.
public struct CapturedRows: Sendable {
  public let hook: HookPoint
  /// Indices into the run's sequences.
  public let sequences: Range<Int>
  /// `[read, width]` float32: the reads of the first sequence in order, then of the next, ...
  public let values: [Float]
  /// dModel, or dVocab for logits.
  public let width: Int
}
