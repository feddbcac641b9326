import CLAPACK
import Synchronization

/// The part of a base model's weight that PEFT takes out of it when it loads an adapter, since the
/// adapter's own factors began as that part.
///
/// The part is L R, of the adapter's rank; what is added for it is scaling · B A as ever.
final class BaseShare: Sendable {
  /// Which part it is.
  enum Kind: Sendable {
    /// PiSSA: that of the largest singular values.
    ///
    /// Source: peft 0.21.2, `LoraLayer.pissa_init`, with `init_lora_weights="pissa"`.
    case largestSingularValues
    /// OLoRA: scaling · Q R of the first columns of a QR decomposition: the projection of the weight on
    /// the span of its own first columns.
    ///
    /// Source: peft 0.21.2, `LoraLayer.olora_init`.
    case firstColumns
  }

  /// L `[outputs, rank]` and R `[rank, inputs]`.
  struct Sides: Sendable {
    var left: [Float]
    var right: [Float]
  }

  let kind: Kind
  let rank: Int
  private let scaling: Float
  private let known = Mutex<Sides?>(nil)

  init(_ kind: Kind, rank: Int, scaling: Double) {
    self.kind = kind
    self.rank = rank
    // PiSSA divides by the scaling before it multiplies by it.
    self.scaling = kind == .firstColumns ? Float(scaling) : 1
  }

  /// Takes the part out of some rows, `[row, inputs]`, of a weight.
  func remove(
    of base: any Weight, from rows: Range<Int>, in output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    let sides = try sides(of: base)
    let inputs = base.inputs
    var product = [Float](repeating: 0, count: inputs)
    for (line, row) in rows.enumerated() {
      WeightChange.LowRank.multiply(
        sides.left[row * rank..<(row + 1) * rank], sides.right, into: &product)
      for column in 0..<inputs { output[line * inputs + column] -= scaling * product[column] }
    }
  }

  private func sides(of base: any Weight) throws(CheckpointError) -> Sides {
    try known.withLock { (known) throws(CheckpointError) in
      if let known { return known }
      let sides = try decompose(base)
      known = sides
      return sides
    }
  }

  private func decompose(_ base: any Weight) throws(CheckpointError) -> Sides {
    let (outputs, inputs) = (base.outputs, base.inputs)
    var numbers = [Float](repeating: 0, count: outputs * inputs)
    try numbers.withUnsafeMutableBufferPointer { (buffer) throws(CheckpointError) in
      try base.unpackRows(0..<outputs, into: buffer)
    }
    let matrix = numbers.map(Double.init)
    switch kind {
    case .firstColumns:
      return Self.onRows(Self.orthonormalColumns(matrix, outputs, inputs, rank), matrix, inputs)
    case .largestSingularValues:
      let ofColumns = inputs < outputs
      let size = min(outputs, inputs)
      var vectors = [Double](repeating: 0, count: rank * size)
      guard
        lapack_leading_vectors(
          matrix, Int32(outputs), Int32(inputs), ofColumns, Int32(rank), &vectors)
      else { throw base.damage(inRow: 0) }
      let basis = (0..<rank).map { Array(vectors[$0 * size..<($0 + 1) * size]) }
      return ofColumns ? Self.onColumns(basis, matrix, outputs) : Self.onRows(basis, matrix, inputs)
    }
  }

  /// U (Uᵀ W), where the basis has the columns of U.
  private static func onRows(_ basis: [[Double]], _ matrix: [Double], _ inputs: Int) -> Sides {
    let outputs = matrix.count / max(1, inputs)
    var right: [Float] = []
    for vector in basis {
      var sums = [Double](repeating: 0, count: inputs)
      for row in 0..<outputs {
        for column in 0..<inputs { sums[column] += vector[row] * matrix[row * inputs + column] }
      }
      right += sums.map(Float.init)
    }
    return Sides(
      left: (0..<outputs).flatMap { row in basis.map { Float($0[row]) } }, right: right)
  }

  /// (W V) Vᵀ, where the basis has the columns of V.
  private static func onColumns(_ basis: [[Double]], _ matrix: [Double], _ outputs: Int) -> Sides {
    let inputs = matrix.count / max(1, outputs)
    let left = (0..<outputs).flatMap { row in
      basis.map { vector in
        Float((0..<inputs).reduce(0.0) { $0 + matrix[row * inputs + $1] * vector[$1] })
      }
    }
    return Sides(left: left, right: basis.flatMap { $0.map(Float.init) })
  }

  /// An orthonormal basis of the span of a matrix's first columns, `[column, row]`.
  private static func orthonormalColumns(
    _ matrix: [Double], _ outputs: Int, _ inputs: Int, _ count: Int
  ) -> [[Double]] {
    var basis: [[Double]] = []
    for column in 0..<count {
      var vector = (0..<outputs).map { matrix[$0 * inputs + column] }
      // Once leaves what rounding adds along earlier vectors; twice is enough (Kahan).
      for _ in 0..<2 {
        for other in basis {
          let share = zip(vector, other).reduce(0.0) { $0 + $1.0 * $1.1 }
          for row in vector.indices { vector[row] -= share * other[row] }
        }
      }
      let length = vector.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
      // A column in the span of those before it adds nothing to the projection.
      basis.append(vector.map { length > 0 ? $0 / length : 0 })
    }
    return basis
  }
}
