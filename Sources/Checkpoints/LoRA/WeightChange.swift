/// What one adapter makes of one weight `[outputs, inputs]`.
struct WeightChange: Sendable {
  /// scaling · B A; `rows` says where the weight's outputs lie among the module's.
  struct LowRank: Sendable {
    let factors: LoRAAdapter.Factors
    let rows: RowMap
  }

  /// The length that each row gets (DoRA).
  struct Magnitudes: Sendable {
    let tensor: Tensor
    let rows: RowMap
  }

  /// Rows that take the place of others; `lines` has a line of the tensor by its token.
  struct TokenRows: Sendable {
    let tensor: Tensor
    let lines: [Int: Int]
  }

  /// The strength: 1 is the adapter as it was trained.
  let scale: Float
  /// Takes the place of the base model's weight.
  var replacement: (any Weight)?
  /// What is taken out of it before anything is added.
  var baseShare: BaseShare?
  var lowRank: LowRank?
  var magnitudes: Magnitudes?
  var tokens: TokenRows?

  init(scale: Float) { self.scale = scale }

  var isEmpty: Bool { replacement == nil && lowRank == nil && tokens == nil }
  /// Whether it is scaling · B A alone.
  var isLowRankOnly: Bool {
    replacement == nil && baseShare == nil && magnitudes == nil && tokens == nil
  }
  /// Whether it is rows of trained tokens alone.
  var isRowsOnly: Bool { replacement == nil && lowRank == nil }
}

extension WeightChange.LowRank {
  /// Adds factor · scaling · B A to some rows, `[row, inputs]`.
  func add(
    to rows: Range<Int>, inputs: Int, factor: Float,
    in output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    let scale = factor * Float(factors.scaling)
    let (left, right) = try sides(of: rows)
    let rank = left.count / max(1, rows.count)
    var product = [Float](repeating: 0, count: inputs)
    for line in 0..<rows.count {
      Self.multiply(left[line * rank..<(line + 1) * rank], right, into: &product)
      for column in 0..<inputs { output[line * inputs + column] += scale * product[column] }
    }
  }

  /// Rows of the left side, `[row, rank]`, and the whole right side, `[rank, inputs]`.
  private func sides(
    of rows: Range<Int>
  ) throws(CheckpointError) -> (left: [Float], right: [Float]) {
    let rank = factors.a.rows
    var left = [Float](repeating: 0, count: rows.count * rank)
    guard factors.ofEmbedding else {
      let b = TensorWeight(tensor: factors.b, rows: self.rows)
      try left.withUnsafeMutableBufferPointer { (buffer) throws(CheckpointError) in
        try b.unpackRows(rows, into: buffer)
      }
      return (left, try factors.a.unpacked())
    }
    let a = TransposedWeight(tensor: factors.a, columns: RowMap(count: factors.a.columns))
    try left.withUnsafeMutableBufferPointer { (buffer) throws(CheckpointError) in
      try a.unpackRows(rows, into: buffer)
    }
    let b = TransposedWeight(tensor: factors.b, columns: RowMap(count: rank))
    var right = [Float](repeating: 0, count: rank * b.inputs)
    try right.withUnsafeMutableBufferPointer { (buffer) throws(CheckpointError) in
      try b.unpackRows(0..<rank, into: buffer)
    }
    return (left, right)
  }

  /// One row of the left side times the right side, in float32.
  static func multiply(
    _ left: ArraySlice<Float>, _ right: [Float], into product: inout [Float]
  ) {
    let width = product.count
    right.withUnsafeBufferPointer { right in
      product.withUnsafeMutableBufferPointer { product in
        product.update(repeating: 0)
        for (index, factor) in left.enumerated() {
          for column in 0..<width { product[column] += factor * right[index * width + column] }
        }
      }
    }
  }
}
