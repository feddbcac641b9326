/// A weight whose outputs are rows of a tensor.
struct TensorWeight: Weight {
  let tensor: Tensor
  let rows: RowMap

  var outputs: Int { rows.count }
  var inputs: Int { tensor.columns }

  func damage(inRow row: Int) -> CheckpointError { tensor.damage(in: "row \(rows.storedRow(row))") }
  var rowType: TensorType? { tensor.type }

  func unpackRows(
    _ wanted: Range<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    try tensor.checkRoom(for: wanted, of: outputs, inputs, in: output)
    var next = wanted.lowerBound
    while next < wanted.upperBound {
      let run = rows.storedRun(from: next, limit: wanted.upperBound)
      let start = (next - wanted.lowerBound) * inputs
      try tensor.unpackRows(
        run, into: UnsafeMutableBufferPointer(rebasing: output[start..<start + run.count * inputs]))
      next += run.count
    }
  }

  func readRows(
    _ wanted: Range<Int>, into output: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    let bytesPerRow = tensor.type.bytesPerRow(of: inputs)
    try tensor.checkRequest(for: wanted, of: outputs)
    guard output.count == wanted.count * bytesPerRow else {
      throw tensor.badRequest(
        "\(wanted.count) rows of \(bytesPerRow) bytes do not fit a buffer of \(output.count)")
    }
    var next = wanted.lowerBound
    while next < wanted.upperBound {
      let run = rows.storedRun(from: next, limit: wanted.upperBound)
      let start = (next - wanted.lowerBound) * bytesPerRow
      try tensor.readRows(
        run,
        into: UnsafeMutableRawBufferPointer(
          rebasing: output[start..<start + run.count * bytesPerRow]))
      next += run.count
    }
  }

  func release() { tensor.release() }
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
    try tensor.checkRoom(for: wanted, of: 1, inputs, in: output)
    guard !wanted.isEmpty else { return }
    let stored = try tensor.unpacked()
    for index in 0..<inputs { output[index] = stored[elements.storedRow(index)] }
  }

  func release() { tensor.release() }
}

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
    try tensor.checkRoom(for: wanted, of: outputs, inputs, in: output)
    var next = wanted.lowerBound
    while next < wanted.upperBound {
      let run = columns.storedRun(from: next, limit: wanted.upperBound)
      let start = (next - wanted.lowerBound) * inputs
      try transpose(
        run, into: UnsafeMutableBufferPointer(rebasing: output[start..<start + run.count * inputs]))
      next += run.count
    }
  }

  private func transpose(
    _ run: Range<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    var block = [Float](repeating: 0, count: Self.blockRows * run.count)
    for start in stride(from: 0, to: inputs, by: Self.blockRows) {
      let rows = start..<min(start + Self.blockRows, inputs)
      try block.withUnsafeMutableBufferPointer { (block) throws(CheckpointError) in
        for (line, row) in rows.enumerated() {
          let room = block[line * run.count..<(line + 1) * run.count]
          try tensor.unpack(
            columns: run, ofRow: row, into: UnsafeMutableBufferPointer(rebasing: room))
        }
        for column in 0..<run.count {
          for (line, row) in rows.enumerated() {
            output[column * inputs + row] = block[line * run.count + column]
          }
        }
      }
    }
  }

  func release() { tensor.release() }
}

extension Tensor {
  /// Checks a request for rows of a weight that this tensor holds.
  func checkRoom(
    for rows: Range<Int>, of count: Int, _ width: Int, in output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    try checkRequest(for: rows, of: count)
    guard output.count == rows.count * width else {
      throw badRequest(
        "\(rows.count) rows of \(width) numbers do not fit a buffer of \(output.count)")
    }
  }

  /// Checks that a weight of `count` rows has these.
  func checkRequest(for rows: Range<Int>, of count: Int) throws(CheckpointError) {
    guard rows.lowerBound >= 0, rows.upperBound <= count else {
      throw badRequest("rows \(rows) were asked for but the weight has \(count) rows")
    }
  }
}
