import Numerics

/// Reads one finished activation file.
///
/// Safe to use from several threads; the reads then run one after another.
public struct ActivationReader: Sendable {
  public let path: String
  public let header: StoreHeader
  /// The prompts, hook points (in alphabetical order), layers and layout of the file.
  public let contents: StoreContents

  private let geometry: StoreGeometry
  private let file: SharedHDF5File

  /// Opens a file and reads everything but the activations.
  ///
  /// Refuses what is not HDF5, has another format or version, is incomplete or contradicts
  /// itself.
  public init(path: String) throws(StoreError) {
    self.path = path
    let file = try SharedHDF5File(path) { () throws(StoreError) in
      try HDF5File(finished: path, formats: [.activations])
    }
    let header = try file.use { file throws(StoreError) in try file.readHeader() }
    contents = try file.use { file throws(StoreError) in
      try file.readContents(model: header.model, dtype: header.dtype)
    }
    self.file = file
    self.header = header
    geometry = StoreGeometry(contents: contents, model: header.model)
  }

  /// The shape of the dataset of a hook point.
  ///
  /// `[prompt, layer, position, d_model]`, or `[token, layer, d_model]` where every token is
  /// stored; without the layer axis for hook points outside the blocks.
  public func shape(of hook: String) throws(StoreError) -> [Int] {
    geometry.shape(of: try find(hook))
  }

  /// All stored vectors of one layer for some prompts: rows in the order prompt, position.
  ///
  /// Where every token is stored, the rows are the tokens of the prompts one after another.
  /// `layer` is the index of the block, nil for hook points outside the blocks.
  public func rows(
    hook name: String, layer: Int?, prompts: Range<Int>
  ) throws(StoreError) -> ActivationMatrix {
    let hook = try find(name)
    try geometry.expectPrompts(prompts, path)
    let index = try geometry.layerIndex(of: layer, hook, path)
    return try read(hook, geometry.slab(of: hook, layerIndex: index, prompts: prompts))
  }

  /// One vector per prompt, `[prompt, d_model]`, at one layer and one named position.
  public func matrix(
    hook name: String, layer: Int?, position: String
  ) throws(StoreError) -> ActivationMatrix {
    let hook = try find(name)
    let index = try geometry.layerIndex(of: layer, hook, path)
    guard let place = geometry.positions.firstIndex(of: position) else {
      throw .unknownPosition(path: path, position: position, stored: geometry.positions)
    }
    var slab = geometry.slab(
      of: hook, layerIndex: index, prompts: 0..<geometry.promptCount)
    // The position is the last axis but one.
    slab.start[slab.start.count - 2] = place
    slab.count[slab.count.count - 2] = 1
    return try read(hook, slab)
  }

  /// All stored vectors of one prompt, rows in the order layer, position.
  ///
  /// Where every token is stored, the order is token, layer, as in the file.
  public func prompt(
    _ prompt: Int, hook name: String
  ) throws(StoreError) -> ActivationMatrix {
    let hook = try find(name)
    let (end, overflow) = prompt.addingReportingOverflow(1)
    guard prompt >= 0, !overflow else {
      throw .promptsOutOfRange(
        path: path, prompts: prompt..<prompt, count: geometry.promptCount)
    }
    try geometry.expectPrompts(prompt..<end, path)
    return try read(hook, geometry.slab(of: hook, layerIndex: nil, prompts: prompt..<end))
  }

  private func find(_ name: String) throws(StoreError) -> StoredHook {
    guard let hook = contents.hooks.first(where: { $0.name == name }) else {
      throw .unknownHook(path: path, hook: name, stored: contents.hooks.map(\.name))
    }
    return hook
  }

  private func read(
    _ hook: StoredHook, _ slab: HDF5Slab
  ) throws(StoreError) -> ActivationMatrix {
    let values = try file.use { file throws(StoreError) -> [Float] in
      let dataset = try file.openDataset(StoreSchema.activations(of: hook.name))
      switch header.dtype {
      case .f32: return try dataset.read(slab)
      case .f16: return try dataset.read(slab, as: HalfFloat.self).map(\.float)
      }
    }
    let columns = geometry.width(of: hook)
    return ActivationMatrix(rows: values.count / columns, columns: columns, values: values)
  }
}

/// Activation vectors as a row-major matrix of single-precision numbers.
public struct ActivationMatrix: Equatable, Sendable {
  /// The number of vectors.
  public let rows: Int
  /// The length of a vector: d_model, or d_vocab for logits.
  public let columns: Int
  /// The numbers, `[row, column]`.
  public let values: [Float]

  /// One vector.
  public subscript(row row: Int) -> ArraySlice<Float> {
    values[row * columns..<(row + 1) * columns]
  }
}
