import StrictJSON

/// A named tensor in an open file; its numbers stay in the file until they are unpacked.
public struct Tensor: Sendable {
  /// The name in the file.
  public let name: String
  /// The sizes in row-major order, such as `[rows, columns]`; never empty, none zero.
  public let shape: [Int]
  /// How the numbers are stored.
  public let type: TensorType
  let file: OpenFile
  let byteRange: Range<Int>

  /// Describes `byteRange` of `file`, whose length the reader of the file format has checked.
  init(name: String, shape: [Int], type: TensorType, file: OpenFile, byteRange: Range<Int>) {
    self.name = name
    self.shape = shape
    self.type = type
    self.file = file
    self.byteRange = byteRange
  }

  /// The length of a row: the innermost size.
  public var columns: Int { shape[shape.count - 1] }
  /// The count of rows: the product of all sizes but the innermost.
  public var rows: Int { shape.dropLast().reduce(1, *) }
  /// The size in the file, in bytes.
  public var byteCount: Int { byteRange.count }

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

  /// What is being read, for messages.
  var place: String { "tensor \(quoted(name))" }

  func damage(in place: String) -> CheckpointError {
    .malformed(
      path: file.path, place: "\(place) of tensor \(quoted(name))",
      problem: "a number is NaN or infinite")
  }

  func badRequest(_ problem: String) -> CheckpointError {
    .badRequest(path: file.path, tensor: name, problem: problem)
  }
}
