import CKernels
import SteeringEngine
import Synchronization

extension SteeringEngine {
  /// What `read` makes of the scores `[dVocab]` of every row of `rows`, `[row, dModel]`; nil where a
  /// score is not finite.
  ///
  /// Scores are never held for more rows than are in work. `read` is called from several threads.
  func reduceScores<Value: Sendable>(
    of rows: [Float], applyingFinalNorm: Bool = true,
    shouldStop: @escaping @Sendable () -> Bool,
    _ read: @escaping @Sendable (Int, UnsafeBufferPointer<Float>) -> Value
  ) throws(EngineError) -> [Value?] {
    let arrivals = Arrivals<Value>(count: rows.count / config.dModel)
    try unembed(rows, applyingFinalNorm: applyingFinalNorm, shouldStop: shouldStop) {
      row, scores in
      guard ck_first_non_finite(scores.baseAddress, scores.count) == scores.count else { return }
      arrivals.set(row, to: read(row, scores))
    }
    return arrivals.values
  }
}

/// Values that arrive from several threads in any order.
private final class Arrivals<Value: Sendable>: Sendable {
  private let arrived: Mutex<[Value?]>

  init(count: Int) { arrived = Mutex([Value?](repeating: nil, count: count)) }

  var values: [Value?] { arrived.withLock { $0 } }

  func set(_ index: Int, to value: Value) { arrived.withLock { $0[index] = value } }
}
