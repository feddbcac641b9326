/// A change that a run makes to the rows of one sequence at one hook point.
///
/// Later layers, and later tokens through attention, see the changed rows; so do reads at the same
/// hook point. Nothing else of the run changes, least of all other sequences.
public struct Intervention: Hashable, Sendable {
  /// What happens to a row x, `[dModel]`.
  public enum Operation: Hashable, Sendable {
    /// x + coefficient · vector. Several additions at one place are summed before x is touched, so
    /// v − v leaves x as it is, bit for bit.
    case add([Float], coefficient: Float)
    /// x − (x · d̂) d̂, with d̂ the direction at unit length.
    case projectOut([Float])
    /// factor · x.
    case scale(Float)
    /// The given row in place of x, such as a mean over prompts.
    case replace([Float])
    /// Zeros in place of x.
    case zero
    /// The block adds nothing to the residual stream; the hook point names any place in the block.
    case skipBlock
  }

  /// Which tokens of the sequence are changed.
  public enum Positions: Hashable, Sendable {
    /// This index and all after it, generated tokens included. SCANS steers from the query end on.
    case from(Int)
    /// These indices alone.
    case only(Set<Int>)

    /// All tokens.
    public static var all: Positions { .from(0) }
  }

  /// Any hook point of the residual stream or of what a block adds to it; see ``HookPoint``.
  public var hook: HookPoint
  public var positions: Positions
  public var operation: Operation

  public init(_ operation: Operation, at hook: HookPoint, positions: Positions) {
    self.hook = hook
    self.positions = positions
    self.operation = operation
  }
}
