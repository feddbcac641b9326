/// A weight with the changes of adapters made as it is unpacked.
struct AdaptedWeight: Weight {
  let base: any Weight
  let changes: [WeightChange]

  var outputs: Int { base.outputs }
  var inputs: Int { base.inputs }

  func damage(inRow row: Int) -> CheckpointError { base.damage(inRow: row) }

  func unpackRows(
    _ rows: Range<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    try base.unpackRows(rows, into: output)
    guard changes.contains(where: { !$0.isLowRankOnly }) else {
      for change in changes {
        try change.lowRank?.add(to: rows, inputs: inputs, factor: change.scale, in: output)
      }
      return
    }
    let unchanged = Array(output)
    var changed = unchanged
    for change in changes {
      changed.replaceSubrange(0..., with: unchanged)
      try changed.withUnsafeMutableBufferPointer { (changed) throws(CheckpointError) in
        try apply(change, to: rows, in: changed)
      }
      // Bit for bit what the adapter brings along, where nothing else is to be added.
      if changes.count == 1, change.scale == 1 {
        _ = output.update(from: changed)
        continue
      }
      for index in output.indices {
        output[index] += change.scale * (changed[index] - unchanged[index])
      }
    }
  }

  /// Makes of the base model's rows what the adapter was trained to.
  private func apply(
    _ change: WeightChange, to rows: Range<Int>, in changed: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    try change.replacement?.unpackRows(rows, into: changed)
    try change.baseShare?.remove(of: change.replacement ?? base, from: rows, in: changed)
    try change.lowRank?.add(to: rows, inputs: inputs, factor: 1, in: changed)
    if let magnitudes = change.magnitudes {
      let lengths = try magnitudes.tensor.unpacked()
      for (line, row) in rows.enumerated() {
        let numbers = changed[line * inputs..<(line + 1) * inputs]
        let length = numbers.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        let factor = lengths[magnitudes.rows.storedRow(row)] / Float(length)
        for index in numbers.indices { changed[index] *= factor }
      }
    }
    guard let tokens = change.tokens else { return }
    for (line, row) in rows.enumerated() {
      guard let stored = tokens.lines[row] else { continue }
      let room = UnsafeMutableBufferPointer(
        rebasing: changed[line * inputs..<(line + 1) * inputs])
      try tokens.tensor.unpackRows(stored..<stored + 1, into: room)
    }
  }
}
