/// A named tensor in a mapped checkpoint; its numbers stay in the file until they are unpacked.
public struct Tensor: Sendable {
  /// The name in the file.
  public let name: String
  /// The sizes in row-major order, such as `[rows, columns]`; never empty, none zero.
  public let shape: [Int]
  /// How the numbers are stored.
  public let type: TensorType
  let bytes: MappedBytes

  /// Describes `byteRange` of `file`, whose length the reader of the file format has checked.
  init(name: String, shape: [Int], type: TensorType, file: MappedFile, byteRange: Range<Int>) {
    self.name = name
    self.shape = shape
    self.type = type
    bytes = MappedBytes(file: file, range: byteRange)
  }

  /// The length of a row: the innermost size.
  public var columns: Int { shape[shape.count - 1] }
  /// The count of rows: the product of all sizes but the innermost.
  public var rows: Int { shape.dropLast().reduce(1, *) }
  /// The size in the file, in bytes.
  public var byteCount: Int { bytes.range.count }

  /// Writes rows as float32, row by row, into `output`, which has exactly the room they need.
  ///
  /// The numbers equal ggml's float32 unpacking bit for bit.
  ///
  /// - Complexity: O(*rows* × *columns*), and no allocation.
  public func unpackRows(
    _ rows: Range<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    guard rows.lowerBound >= 0, rows.upperBound <= self.rows else {
      throw badRequest("rows \(rows) were asked for but it has \(self.rows) rows")
    }
    guard output.count == rows.count * columns else {
      throw badRequest(
        "\(rows.count) rows of \(columns) numbers do not fit a buffer of \(output.count)")
    }
    guard let target = output.baseAddress else { return }
    let blocksPerRow = columns / type.blockSize
    bytes.withUnsafeBytes { stored in
      guard let start = stored.baseAddress else { return }
      type.unpack(
        start + rows.lowerBound * blocksPerRow * type.bytesPerBlock, into: target,
        blockCount: rows.count * blocksPerRow)
    }
  }

  /// Copies rows as the file has them into `output`, which has exactly the room they need.
  public func readRows(
    _ rows: Range<Int>, into output: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    guard rows.lowerBound >= 0, rows.upperBound <= self.rows else {
      throw badRequest("rows \(rows) were asked for but it has \(self.rows) rows")
    }
    let bytesPerRow = type.bytesPerRow(of: columns)
    guard output.count == rows.count * bytesPerRow else {
      throw badRequest(
        "\(rows.count) rows of \(bytesPerRow) bytes do not fit a buffer of \(output.count)")
    }
    bytes.withUnsafeBytes { stored in
      let start = rows.lowerBound * bytesPerRow
      output.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: stored[start..<start + output.count]))
    }
  }

  /// Writes part of a row as float32; only for types that store each number by itself.
  func unpack(
    columns wanted: Range<Int>, ofRow row: Int, into output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    guard type.blockSize == 1 else {
      throw .unsupportedTensorType(path: bytes.file.path, tensor: name, type: type.name)
    }
    guard wanted.lowerBound >= 0, wanted.upperBound <= columns, (0..<rows).contains(row),
      output.count == wanted.count
    else { throw badRequest("columns \(wanted) of row \(row) were asked for") }
    guard let target = output.baseAddress else { return }
    bytes.withUnsafeBytes { stored in
      guard let start = stored.baseAddress else { return }
      let first = row * columns + wanted.lowerBound
      type.unpack(
        start + first * type.bytesPerBlock, into: target, blockCount: wanted.count)
    }
  }

  /// Returns all numbers as float32 in row-major order.
  public func unpacked() throws(CheckpointError) -> [Float] {
    let count = rows * columns
    var failure: CheckpointError?
    let numbers = [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      do throws(CheckpointError) {
        try unpackRows(0..<rows, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        initializedCount = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return numbers
  }

  /// Gives the memory behind this tensor back to the system; see ``MappedFile/release(_:)``.
  public func release() {
    bytes.file.release(bytes.range)
  }

  func damage(in place: String) -> CheckpointError {
    .malformed(
      path: bytes.file.path, place: "\(place) of tensor \(quoted(name))",
      problem: "a number is NaN or infinite")
  }

  func badRequest(_ problem: String) -> CheckpointError {
    .badRequest(path: bytes.file.path, tensor: name, problem: problem)
  }
}
