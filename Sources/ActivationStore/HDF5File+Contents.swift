extension HDF5File {
  /// Reads prompts, tokens, positions and layers, and checks that every dataset agrees with them.
  func readContents(model: StoredModel, dtype: StoredType) throws(StoreError) -> StoreContents {
    let layout = try readLayout()
    let hooks = try readHooks()
    let contents = StoreContents(
      prompts: try readPrompts(layout), hooks: hooks,
      layers: hooks.contains(where: \.perLayer) ? try readLayers() : [], layout: layout)
    try contents.validate(model: model, path: path)
    let geometry = StoreGeometry(contents: contents, model: model)
    for hook in hooks { try expect(hook, geometry, dtype) }
    return contents
  }

  private func readLayout() throws(StoreError) -> StoreLayout {
    let group = StoreSchema.activations
    switch try attributeText(StoreSchema.layoutAttribute, of: group) {
    case "token": return .token
    case "prompt":
      return .prompt(positions: try openDataset(StoreSchema.positionNames).readStrings())
    case let other:
      throw .malformed(path: path, place: group, problem: "has the unknown layout '\(other)'")
    }
  }

  private func readLayers() throws(StoreError) -> [Int] {
    let dataset = try openDataset(StoreAxis.layer.scalePath)
    return try dataset.readAll(as: Int32.self).map { Int($0) }
  }

  private func readHooks() throws(StoreError) -> [StoredHook] {
    var hooks: [StoredHook] = []
    for name in try members(of: StoreSchema.activations)
    where !StoreSchema.coordinates.contains(name) {
      let dataset = try openDataset(StoreSchema.activations(of: name))
      let axes = try dataset.axisLabels()
      let width: StoredHook.Width
      switch axes.last {
      case StoreAxis.dModel.rawValue: width = .dModel
      case StoreAxis.dVocab.rawValue: width = .dVocab
      default: throw malformed(dataset.place.object, "has no axis d_model or d_vocab")
      }
      let perLayer = axes.contains(StoreAxis.layer.rawValue)
      hooks.append(StoredHook(name: name, perLayer: perLayer, width: width))
    }
    return hooks
  }

  private func expect(
    _ hook: StoredHook, _ geometry: StoreGeometry, _ dtype: StoredType
  ) throws(StoreError) {
    let dataset = try openDataset(StoreSchema.activations(of: hook.name))
    let shape = try dataset.shape()
    let expected = geometry.shape(of: hook)
    guard shape == expected else {
      throw malformed(dataset.place.object, "has the shape \(shape) instead of \(expected)")
    }
    try dataset.expectType(dtype.hdf5Type)
  }

  private func readPrompts(_ layout: StoreLayout) throws(StoreError) -> [StoredPrompt] {
    let ids = try openDataset(StoreSchema.promptIDs).readStrings()
    let labels = try readStrings(StoreSchema.promptLabels, count: ids.count)
    let texts = try readStrings(StoreSchema.promptTexts, count: ids.count)
    let tokens = try readTokens(promptCount: ids.count)
    let positions = try readPositionTokens(layout, promptCount: ids.count)
    return ids.indices.map { index in
      StoredPrompt(
        id: ids[index], label: labels[index], text: texts[index], tokens: tokens[index],
        positionTokens: positions[index])
    }
  }

  private func readTokens(promptCount: Int) throws(StoreError) -> [[Int32]] {
    let ids: [Int32] = try openDataset(StoreSchema.tokenIDs).readAll()
    let offsets = try openDataset(StoreSchema.tokenOffsets).readAll(as: Int64.self)
      .map { Int($0) }
    let ascending = zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }
    guard offsets.count == promptCount + 1, offsets.first == 0, offsets.last == ids.count,
      ascending
    else {
      throw malformed(
        StoreSchema.tokenOffsets, "does not cut the tokens into \(promptCount) prompts")
    }
    return zip(offsets, offsets.dropFirst()).map { Array(ids[$0..<$1]) }
  }

  private func readPositionTokens(
    _ layout: StoreLayout, promptCount: Int
  ) throws(StoreError) -> [[Int32]] {
    if layout == .token { return Array(repeating: [], count: promptCount) }
    let width = layout.positions.count
    let dataset = try openDataset(StoreSchema.positionTokens)
    guard try dataset.shape() == [promptCount, width] else {
      throw malformed(StoreSchema.positionTokens, "is not [prompt, position]")
    }
    let indices: [Int32] = try dataset.readAll()
    return (0..<promptCount).map { Array(indices[$0 * width..<($0 + 1) * width]) }
  }

  private func readStrings(_ name: String, count: Int) throws(StoreError) -> [String] {
    let strings = try openDataset(name).readStrings()
    guard strings.count == count else {
      throw malformed(name, "has \(strings.count) entries for \(count) prompts")
    }
    return strings
  }

  private func malformed(_ place: String, _ problem: String) -> StoreError {
    .malformed(path: path, place: place, problem: problem)
  }
}
