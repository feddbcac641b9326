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
    try tensor.expectRows(wanted, of: outputs)
    try tensor.expectRoom(output, for: wanted, of: inputs)
    try forEachRun(of: wanted) { (run) throws(CheckpointError) in
      let start = (run.lowerBound - wanted.lowerBound) * inputs
      let room = UnsafeMutableBufferPointer(
        rebasing: output[start..<start + run.count * inputs])
      guard rows.pairs != nil else {
        return try tensor.unpackRows(rows.storedRows(around: run), into: room)
      }
      guard let target = room.baseAddress else { return }
      let blocksPerRow = inputs / tensor.type.blockSize
      try forEachStoredRow(of: run) { (line, stored) in
        tensor.type.unpack(stored, into: target + line * inputs, blockCount: blocksPerRow)
      }
    }
  }

  func readRows(
    _ wanted: Range<Int>, into output: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    try tensor.expectRows(wanted, of: outputs)
    try tensor.expectRoom(output, for: wanted)
    let size = tensor.bytesPerRow
    try forEachRun(of: wanted) { (run) throws(CheckpointError) in
      let start = (run.lowerBound - wanted.lowerBound) * size
      let room = UnsafeMutableRawBufferPointer(rebasing: output[start..<start + run.count * size])
      guard rows.pairs != nil else {
        return try tensor.readRows(rows.storedRows(around: run), into: room)
      }
      try forEachStoredRow(of: run) { (line, stored) in
        room.baseAddress?.advanced(by: line * size).copyMemory(from: stored, byteCount: size)
      }
    }
  }

  private func forEachRun(
    of wanted: Range<Int>, _ body: (Range<Int>) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    var next = wanted.lowerBound
    while next < wanted.upperBound {
      let end = rows.endOfRun(from: next, limit: wanted.upperBound)
      try body(next..<end)
      next = end
    }
  }

  /// Calls `body` with each output's place in `run` and its stored bytes, in the file's order.
  ///
  /// Pairs lie in another order than outputs; rows around many of them are read together, as a read
  /// for each would take longer than the copying.
  private func forEachStoredRow(
    of run: Range<Int>, _ body: (_ line: Int, _ stored: UnsafeRawPointer) -> Void
  ) throws(CheckpointError) {
    let size = tensor.bytesPerRow
    let around = rows.storedRows(around: run)
    let step = min(max(1, OpenFile.sliceBytes / size), around.count)
    try withUnsafeTemporaryAllocation(
      byteCount: step * size, alignment: 16
    ) { (buffer) throws(CheckpointError) in
      for start in stride(from: around.lowerBound, to: around.upperBound, by: step) {
        let part = start..<min(start + step, around.upperBound)
        let slice = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(part.count * size)])
        try tensor.read(at: start * size, into: slice)
        guard let base = UnsafeRawPointer(slice.baseAddress) else { continue }
        for (line, output) in run.enumerated() {
          let row = rows.storedRow(output)
          if part.contains(row) { body(line, base + (row - start) * size) }
        }
      }
    }
  }
}
