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
    for edit in list[start(of: Int(first), in: list)...] {
      while place < numbers.endIndex, Int(numbers[place]) < edit.place { place += 1 }
      guard place < numbers.endIndex else { break }
      guard Int(numbers[place]) == edit.place else { continue }
      local.append(RowEdit(place: place - numbers.startIndex, change: edit.change))
    }
    if !local.isEmpty { device.edit(rows, local, vectors: vectors, lane: lane) }
  }

  /// The index of the first edit of `row` or a later one.
  private func start(of row: Int, in list: [RowEdit]) -> Int {
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      if list[middle].place < row { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
