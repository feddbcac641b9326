/// A change to one row of a matrix.
struct RowEdit: Hashable, Sendable {
  /// What happens; vectors are named by their row in a matrix of all vectors of the run.
  enum Change: Hashable, Sendable {
    case add(vector: Int, coefficient: Float)
    /// The vector has length 1.
    case projectOut(vector: Int)
    case scale(Float)
    case replace(vector: Int)
    case zero
  }

  /// The row.
  var place: Int
  var change: Change
}

/// The vectors that the edits of a run name, each once.
struct VectorTable {
  /// `[vector, dModel]`, one after another.
  private(set) var values: [Float] = []
  private(set) var count = 0
  private var places: [[Float]: Int] = [:]

  /// An operation as a change that names its vector by its place here.
  mutating func change(for operation: Intervention.Operation) -> RowEdit.Change {
    switch operation {
    case .add(let vector, let coefficient):
      .add(vector: place(of: vector), coefficient: coefficient)
    case .projectOut(let direction): .projectOut(vector: place(of: unit(direction)))
    case .scale(let factor): .scale(factor)
    case .replace(let row): .replace(vector: place(of: row))
    case .zero: .zero
    case .skipBlock: preconditionFailure("blocks are skipped by zeroing what they add")
    }
  }

  private mutating func place(of vector: [Float]) -> Int {
    if let place = places[vector] { return place }
    places[vector] = count
    values += vector
    count += 1
    return count - 1
  }

  private func unit(_ direction: [Float]) -> [Float] {
    let length = direction.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    return direction.map { Float(Double($0) / length) }
  }
}
