/// A weight whose outputs are columns of a tensor `[inputs, outputs]`.
struct TransposedWeight: Weight {
  let tensor: Tensor
  let columns: RowMap

  var outputs: Int { columns.count }
  var inputs: Int { tensor.rows }

  func damage(inRow row: Int) -> CheckpointError {
    tensor.damage(in: "column \(columns.storedRow(row))")
  }

  /// The count of stored rows that are unpacked together; a line of the cache in the output.
  private static let blockRows = 16

  func unpackRows(
    _ wanted: Range<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    try tensor.expectRows(wanted, of: outputs)
    try tensor.expectRoom(output, for: wanted, of: inputs)
    var next = wanted.lowerBound
    while next < wanted.upperBound {
      let end = columns.endOfRun(from: next, limit: wanted.upperBound)
      let room = output[(next - wanted.lowerBound) * inputs..<(end - wanted.lowerBound) * inputs]
      try transpose(
        columns.storedRows(around: next..<end), into: UnsafeMutableBufferPointer(rebasing: room))
      next = end
    }
  }

  private func transpose(
    _ run: Range<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    var block = [Float](repeating: 0, count: Self.blockRows * run.count)
    for start in stride(from: 0, to: inputs, by: Self.blockRows) {
      let rows = start..<min(start + Self.blockRows, inputs)
      try block.withUnsafeMutableBufferPointer { (block) throws(CheckpointError) in
        try tensor.unpack(
          columns: run, ofRows: rows,
          into: UnsafeMutableBufferPointer(rebasing: block[..<(rows.count * run.count)]))
        for column in 0..<run.count {
          for (line, row) in rows.enumerated() {
            output[column * inputs + row] = block[line * run.count + column]
          }
        }
      }
    }
  }
}

/// A vector whose numbers are among those of a stored vector, as one row.
struct VectorWeight: Weight {
  let tensor: Tensor
  let elements: RowMap

  var outputs: Int { 1 }
  var inputs: Int { elements.count }

  func damage(inRow row: Int) -> CheckpointError { tensor.damage(in: "the numbers") }

  func unpackRows(
    _ wanted: Range<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    try tensor.expectRows(wanted, of: 1)
    try tensor.expectRoom(output, for: wanted, of: inputs)
    guard !wanted.isEmpty else { return }
    let stored = try tensor.unpacked()
    for index in 0..<inputs { output[index] = stored[elements.storedRow(index)] }
  }
}
