import Numerics

/// What interventions do to which rows, by hook point.
struct EditTable<Device: Backend>: Sendable {
  /// Every hook point's edits, by ascending row.
  private let edits: [HookPoint: [RowEdit]]
  /// `[vector, dModel]`.
  private let vectors: Device.Matrix?

  /// Uploads the vectors; `edits` need not be in order of rows, but those of one row are.
  init(
    _ edits: [HookPoint: [RowEdit]], vectors: VectorTable, dModel: Int, device: Device
  ) throws(EngineError) {
    self.edits = edits.mapValues { list in
      list.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
        .map(\.element)
    }
    self.vectors = vectors.count == 0 ? nil : try device.upload(vectors.values, columns: dModel)
  }

  /// The edits of forked rows; `changes` are those of the chunk's sequences.
  init(
    forks: [Fork], changes: [SequenceEdits?], reader: WeightReader<Device>
  ) throws(EngineError) {
    var vectors = VectorTable()
    var edits: [HookPoint: [RowEdit]] = [:]
    for fork in forks {
      guard let change = changes[fork.sequence] else { continue }
      let start = fork.firstPosition
      for hook in change.hooks {
        for row in fork.rows {
          let position = start + row - fork.rows.lowerBound
          for operation in change.operations(at: hook, position: position) {
            edits[hook, default: []].append(
              RowEdit(place: row, change: vectors.change(for: operation)))
          }
        }
      }
    }
    try self.init(edits, vectors: vectors, dModel: reader.config.dModel, device: reader.device)
  }

  /// Changes `rows`, whose row numbers are `numbers`, ascending, as the table says for `hook`.
  func apply(
    at hook: HookPoint, to rows: Rows<Device.Matrix>, numbers: ArraySlice<Int32>, device: Device,
    lane: Int
  ) {
    guard let list = edits[hook], let first = numbers.first else { return }
    var local: [RowEdit] = []
    var place = numbers.startIndex
    for edit in list[list.partitioningIndex(where: { $0.place >= Int(first) })...] {
      while place < numbers.endIndex, Int(numbers[place]) < edit.place { place += 1 }
      guard place < numbers.endIndex else { break }
      guard Int(numbers[place]) == edit.place else { continue }
      local.append(RowEdit(place: place - numbers.startIndex, change: edit.change))
    }
    if !local.isEmpty { device.edit(rows, local, vectors: vectors, lane: lane) }
  }
}

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
