/// Where each output of a weight lies among the rows of the tensor that holds it.
///
/// Outputs come in groups of `groupSize` consecutive rows; groups start `stride` rows apart, the
/// first at `offset`.
struct RowMap: Sendable, Equatable {
  /// Heads whose leading `dimensions` rows are stored as pairs: 2i and 2i + 1 are i and i + half.
  struct Pairs: Sendable, Equatable {
    var dHead: Int
    var dimensions: Int

    /// Returns where row `output` is among rows that are stored as pairs.
    func storedRow(_ output: Int) -> Int {
      let (head, within) = output.quotientAndRemainder(dividingBy: dHead)
      guard within < dimensions else { return output }
      let half = dimensions / 2
      return head * dHead + (within < half ? 2 * within : 2 * (within - half) + 1)
    }
  }

  /// The count of outputs.
  let count: Int
  var groupSize: Int
  var stride: Int
  var offset = 0
  var pairs: Pairs?

  /// The identity on `count` rows.
  init(count: Int) {
    self.count = count
    groupSize = count
    stride = count
  }

  func storedRow(_ output: Int) -> Int {
    let row = pairs?.storedRow(output) ?? output
    return row / groupSize * stride + offset + row % groupSize
  }

  /// Returns the longest range of stored rows that holds outputs from `output` on, in order.
  func storedRun(from output: Int, limit: Int) -> Range<Int> {
    let start = storedRow(output)
    guard pairs == nil else { return start..<start + 1 }
    return start..<start + min(groupSize - output % groupSize, limit - output)
  }
}
