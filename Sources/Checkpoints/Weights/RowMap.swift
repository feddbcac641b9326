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

  /// The end of the outputs from `output` on that lie close together: in its group and its head.
  ///
  /// Without pairs they are consecutive rows, in order.
  func endOfRun(from output: Int, limit: Int) -> Int {
    let end = min(output - output % groupSize + groupSize, limit)
    guard let pairs else { return end }
    return min(output - output % pairs.dHead + pairs.dHead, end)
  }

  /// The shortest range of stored rows that holds all of `outputs`, of which there is at least one.
  func storedRows(around outputs: Range<Int>) -> Range<Int> {
    let first = storedRow(outputs.lowerBound)
    guard pairs != nil else { return first..<first + outputs.count }
    var (least, most) = (first, first)
    for output in outputs.dropFirst() {
      let row = storedRow(output)
      (least, most) = (min(least, row), max(most, row))
    }
    return least..<most + 1
  }
}
