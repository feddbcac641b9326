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
