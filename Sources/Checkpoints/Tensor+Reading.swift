/// Reading of rows, which copies a part of the file at a time.
extension Tensor {
  /// The size of a row in the file, in bytes.
  var bytesPerRow: Int { type.bytesPerRow(of: columns) }

  /// Writes rows as float32, row by row, into `output`, which has exactly the room they need.
  ///
  /// The numbers equal ggml's float32 unpacking bit for bit.
  ///
  /// - Complexity: O(*rows* × *columns*), with one buffer of limited size.
  public func unpackRows(
    _ rows: Range<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    try expectRows(rows, of: self.rows)
    try expectRoom(output, for: rows, of: columns)
    // As FloatRows has it: float32 in the file is float32 in memory.
    guard type != .f32 else {
      return try readRows(rows, into: UnsafeMutableRawBufferPointer(output))
    }
    guard let target = output.baseAddress else { return }
    let blocksPerRow = columns / type.blockSize
    let blocks = rows.lowerBound * blocksPerRow..<rows.upperBound * blocksPerRow
    let size = type.bytesPerBlock
    let step = min(max(1, OpenFile.sliceBytes / size), blocks.count)
    try withUnsafeTemporaryAllocation(
      byteCount: step * size, alignment: 16
    ) { (buffer) throws(CheckpointError) in
      for start in stride(from: blocks.lowerBound, to: blocks.upperBound, by: step) {
        let count = min(step, blocks.upperBound - start)
        let slice = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(count * size)])
        try read(at: start * size, into: slice)
        guard let source = slice.baseAddress else { continue }
        type.unpack(
          source, into: target + (start - blocks.lowerBound) * type.blockSize, blockCount: count)
      }
    }
  }

  /// Copies rows as the file has them into `output`, which has exactly the room they need.
  public func readRows(
    _ rows: Range<Int>, into output: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    try expectRows(rows, of: self.rows)
    try expectRoom(output, for: rows)
    guard !output.isEmpty else { return }
    try read(at: rows.lowerBound * bytesPerRow, into: output)
  }

  /// Fills `room` with stored bytes from `offset` on, counted from the first of this tensor.
  func read(
    at offset: Int, into room: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    try file.read(at: byteRange.lowerBound + offset, into: room, for: place)
  }
}

extension Tensor {
  /// The most bytes between two wanted parts that are read with them; about what a call costs.
  private static let longestGap = 1 << 12

  /// Writes part of each row as float32, row by row; only for types without blocks.
  ///
  /// `rows` are few, as all that lies between their parts may be in memory at once.
  func unpack(
    columns wanted: Range<Int>, ofRows rows: Range<Int>,
    into output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    guard type.blockSize == 1 else {
      throw .unsupportedTensorType(path: file.path, tensor: name, type: type.name)
    }
    try expectRows(rows, of: self.rows)
    guard wanted.lowerBound >= 0, wanted.upperBound <= columns else {
      throw badRequest("columns \(wanted) were asked for but it has \(columns) columns")
    }
    try expectRoom(output, for: rows, of: wanted.count)
    guard let target = output.baseAddress else { return }
    let size = type.bytesPerBlock
    let isOneRead = (columns - wanted.count) * size <= Self.longestGap
    let rowsPerRead = isOneRead ? rows.count : 1
    try withUnsafeTemporaryAllocation(
      byteCount: ((rowsPerRead - 1) * columns + wanted.count) * size, alignment: 16
    ) { (buffer) throws(CheckpointError) in
      guard let source = buffer.baseAddress else { return }
      for (line, row) in rows.enumerated() {
        let first = (row * columns + wanted.lowerBound) * size
        if line % rowsPerRead == 0 {
          try file.fill(buffer, at: byteRange.lowerBound + first, for: place)
        }
        type.unpack(
          source + line % rowsPerRead * columns * size, into: target + line * wanted.count,
          blockCount: wanted.count)
      }
    }
    try file.expectUnchanged(for: place)
  }
}

/// Checks of requests for rows of this tensor, or of a weight whose rows are among them.
extension Tensor {
  func expectRows(_ rows: Range<Int>, of count: Int) throws(CheckpointError) {
    guard rows.lowerBound >= 0, rows.upperBound <= count else {
      throw badRequest("rows \(rows) were asked for but it has \(count) rows")
    }
  }

  func expectRoom(
    _ output: UnsafeMutableBufferPointer<Float>, for rows: Range<Int>, of width: Int
  ) throws(CheckpointError) {
    guard output.count == rows.count * width else {
      throw badRequest(
        "\(rows.count) rows of \(width) numbers do not fit a buffer of \(output.count)")
    }
  }

  func expectRoom(
    _ output: UnsafeMutableRawBufferPointer, for rows: Range<Int>
  ) throws(CheckpointError) {
    guard output.count == rows.count * bytesPerRow else {
      throw badRequest(
        "\(rows.count) rows of \(bytesPerRow) bytes do not fit a buffer of \(output.count)")
    }
  }
}
