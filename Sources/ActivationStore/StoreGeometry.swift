import Numerics

/// Where each activation lies in its dataset.
struct StoreGeometry: Sendable {
  /// About as many bytes as a disk reads in one go, and small enough that reading one prompt
  /// through a reader which caches whole chunks (h5py) does not read the whole file.
  static let chunkBytes = 256 * 1024

  let positions: [String]
  let everyToken: Bool
  let layers: [Int]
  /// `[prompt + 1]`: the index of the first token of each prompt, then the total.
  let offsets: [Int]
  let dModel: Int
  let dVocab: Int

  init(contents: StoreContents, model: StoredModel) {
    positions = contents.layout.positions
    everyToken = contents.layout == .token
    layers = contents.layers
    offsets = contents.prompts.reduce(into: [0]) { offsets, prompt in
      offsets.append((offsets.last ?? 0) + prompt.tokens.count)
    }
    dModel = model.dModel
    dVocab = model.dVocab
  }

  var promptCount: Int { offsets.count - 1 }

  func axes(of hook: StoredHook) -> [StoreAxis] {
    var axes: [StoreAxis] = [everyToken ? .token : .prompt]
    if hook.perLayer { axes.append(.layer) }
    if !everyToken { axes.append(.position) }
    axes.append(hook.width == .dModel ? .dModel : .dVocab)
    return axes
  }

  func length(of axis: StoreAxis) -> Int {
    switch axis {
    case .prompt: promptCount
    case .promptEdge: offsets.count
    case .token: offsets.last ?? 0
    case .layer: layers.count
    case .position: positions.count
    case .dModel: dModel
    case .dVocab: dVocab
    }
  }

  func shape(of hook: StoredHook) -> [Int] {
    axes(of: hook).map(length(of:))
  }

  func width(of hook: StoredHook) -> Int {
    hook.width == .dModel ? dModel : dVocab
  }

  /// The rows of the given prompts, one row per vector of one layer.
  func rows(of prompts: Range<Int>) -> Range<Int> {
    if everyToken { return offsets[prompts.lowerBound]..<offsets[prompts.upperBound] }
    return prompts.lowerBound * positions.count..<prompts.upperBound * positions.count
  }

  /// The block of one layer (nil: all layers) for the given prompts.
  func slab(of hook: StoredHook, layerIndex: Int?, prompts: Range<Int>) -> HDF5Slab {
    let first = everyToken ? rows(of: prompts) : prompts
    var slab = HDF5Slab(start: [], count: [])
    for axis in axes(of: hook) {
      switch (axis, layerIndex) {
      case (.prompt, _), (.token, _):
        slab.start.append(first.lowerBound)
        slab.count.append(first.count)
      case (.layer, let index?):
        slab.start.append(index)
        slab.count.append(1)
      default:
        slab.start.append(0)
        slab.count.append(length(of: axis))
      }
    }
    return slab
  }

  /// Chunks of one layer each, because the engine finishes one layer for many prompts at a time.
  ///
  /// The other axes are filled from the last to the first up to about `chunkBytes`; the first
  /// axis is cut into equal parts so that the last chunk is not mostly empty.
  func chunk(of hook: StoredHook, valueSize: Int) -> [Int] {
    var room = max(1, StoreGeometry.chunkBytes / valueSize)
    let lengths = axes(of: hook).enumerated().reversed().map { index, axis in
      let length = length(of: axis)
      guard axis != .layer else { return 1 }
      let isWidth = axis == .dModel || axis == .dVocab
      var part = isWidth ? length : min(length, max(1, room))
      if index == 0 {
        let pieces = (length + part - 1) / part
        part = (length + pieces - 1) / pieces
      }
      room /= part
      return part
    }
    return lengths.reversed()
  }

  /// The vector that the `row`-th row of `prompts` stands for, for messages.
  func place(of row: Int, in prompts: Range<Int>, hook: StoredHook, layer: Int?)
    -> ActivationPlace
  {
    let absolute = rows(of: prompts).lowerBound + row
    if everyToken {
      // The last prompt that begins at or before the row; empty prompts own no row.
      let prompt = max(0, offsets.partitioningIndex(where: { $0 > absolute }) - 1)
      return ActivationPlace(
        hook: hook.name, layer: layer, prompt: prompt,
        position: "token \(absolute - offsets[prompt])")
    }
    return ActivationPlace(
      hook: hook.name, layer: layer, prompt: absolute / positions.count,
      position: positions[absolute % positions.count])
  }
}

extension StoreGeometry {
  /// The place of a block on the layer axis; nil for a hook point outside the blocks.
  func layerIndex(
    of layer: Int?, _ hook: StoredHook, _ path: String
  ) throws(StoreError) -> Int? {
    if !hook.perLayer, layer == nil { return nil }
    guard hook.perLayer, let layer, let index = layers.firstIndex(of: layer) else {
      throw .unknownLayer(
        path: path, hook: hook.name, layer: layer, stored: hook.perLayer ? layers : [])
    }
    return index
  }

  /// Throws unless the prompts are among the stored ones.
  func expectPrompts(_ prompts: Range<Int>, _ path: String) throws(StoreError) {
    guard prompts.lowerBound >= 0, prompts.upperBound <= promptCount else {
      throw .promptsOutOfRange(path: path, prompts: prompts, count: promptCount)
    }
  }
}
