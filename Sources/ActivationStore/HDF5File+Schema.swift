import Foundation

extension HDF5File {
  /// Writes the attributes of `/`, with `complete` still 0.
  func write(_ header: StoreHeader) throws(StoreError) {
    let root = StoreSchema.root
    try write(header.settings, of: root)
    var description = FileDescription(title: "Hidden states of \(header.model.name)")
    description.note(
      Provenance(
        toolVersion: header.toolVersion, commandLine: header.commandLine, created: header.created))
    try write(description)
    let created = header.created.formatted(.iso8601)
    var texts = [
      ("format", StoreFormat.activations.rawValue), ("tool_version", header.toolVersion),
      ("command_line", header.commandLine), ("created", created),
      ("model_name", header.model.name), ("model_path", header.model.path),
      ("model_sha256", header.model.sha256),
      ("model_architecture", header.model.architecture), ("precision", header.precision),
      ("dtype", header.dtype.rawValue),
    ]
    if let hash = header.chatTemplateSHA256 { texts.append(("chat_template_sha256", hash)) }
    if let adapters = header.model.adapters { texts.append((StoreSchema.adapters, adapters)) }
    for (name, text) in texts { try setAttribute(name, of: root, to: text) }
    let numbers = [
      ("format_version", StoreFormat.activations.version), ("n_layers", header.model.nLayers),
      ("d_model", header.model.dModel), ("d_vocab", header.model.dVocab),
      ("threads", header.threads),
    ]
    for (name, number) in numbers { try setAttribute(name, of: root, to: Int64(number)) }
    try setAttribute("seed", of: root, to: header.seed)
    try setAttribute("complete", of: root, to: UInt8(0))
  }

  /// Creates every group and dataset and writes all but the activations.
  func layOut(
    _ contents: StoreContents, _ geometry: StoreGeometry, _ dtype: StoredType
  ) throws(StoreError) {
    for group in StoreSchema.groups { try createGroup(group) }
    try writeScales(contents, geometry)
    try writePrompts(contents, geometry)
    let layout = contents.layout == .token ? "token" : "prompt"
    try setAttribute(StoreSchema.layoutAttribute, of: StoreSchema.activations, to: layout)
    for hook in contents.hooks {
      let chunk = geometry.chunk(of: hook, valueSize: dtype.size)
      let dataset = try createDataset(
        StoreSchema.activations(of: hook.name), dtype.hdf5Type, shape: geometry.shape(of: hook),
        storage: .summed(chunk))
      try attachScales(geometry.axes(of: hook), to: dataset)
      let name = StoreSchema.activations(of: hook.name)
      try setAttribute("long_name", of: name, to: hook.description)
      try setAttribute("units", of: name, to: "1")
    }
    try linkCoordinates(contents)
  }

  /// Gives the activations' group the coordinates of its axes under names of their own, so that a
  /// reader of this group alone has them.
  private func linkCoordinates(_ contents: StoreContents) throws(StoreError) {
    let group = StoreSchema.activations
    let isPerPrompt = contents.layout != .token
    var links: [(name: String, target: String)] = []
    if contents.hooks.contains(where: \.perLayer) {
      links.append(("layer", StoreAxis.layer.scalePath))
    }
    if isPerPrompt {
      links += [
        ("position", StoreAxis.position.scalePath), ("id", StoreSchema.promptIDs),
        ("label", StoreSchema.promptLabels), ("text", StoreSchema.promptTexts),
      ]
    }
    for link in links { try self.link("\(group)/\(link.name)", to: link.target) }
    if isPerPrompt { try setAttribute("coordinates", of: group, to: "id label text") }
  }

  private func writeScales(
    _ contents: StoreContents, _ geometry: StoreGeometry
  ) throws(StoreError) {
    var axes: Set<StoreAxis> = [.prompt, .promptEdge, .token]
    for hook in contents.hooks { axes.formUnion(geometry.axes(of: hook)) }
    for axis in StoreAxis.allCases where axes.contains(axis) {
      try writeScale(axis, geometry)
    }
  }

  private func writeScale(_ axis: StoreAxis, _ geometry: StoreGeometry) throws(StoreError) {
    let length = geometry.length(of: axis)
    switch axis {
    case .layer:
      let scale = try createDataset(
        axis.scalePath, .int32, shape: [length], storage: .table([length], valueSize: 4))
      try scale.write(geometry.layers.map { Int32($0) })
      try scale.becomeScale(of: axis.rawValue)
    case .position:
      let scale = try createDataset(axis.scalePath, .string, shape: [length])
      try scale.write(geometry.positions)
      try scale.becomeScale(of: axis.rawValue)
    default:
      let scale = try createDataset(axis.scalePath, .float32, shape: [length])
      try scale.becomeDimensionOnly(length: length)
    }
  }

  private func writePrompts(
    _ contents: StoreContents, _ geometry: StoreGeometry
  ) throws(StoreError) {
    let prompts = contents.prompts
    try writeStrings(StoreSchema.promptIDs, [.prompt], prompts.map(\.id))
    try writeStrings(StoreSchema.promptLabels, [.prompt], prompts.map(\.label))
    try writeStrings(StoreSchema.promptTexts, [.prompt], prompts.map(\.text))
    try setAttribute("coordinates", of: "/prompts", to: "id label")
    try writeTable(StoreSchema.tokenIDs, [.token], geometry, prompts.flatMap(\.tokens))
    let offsets = geometry.offsets.map { Int64($0) }
    try writeTable(StoreSchema.tokenOffsets, [.promptEdge], geometry, offsets)
    let marks = [Int8](repeating: 0, count: prompts.count)
    try writeTable(StoreSchema.committed, [.prompt], geometry, marks)
    try setAttribute("dtype", of: StoreSchema.committed, to: "bool")
    guard !geometry.everyToken else { return }
    try createGroup(StoreSchema.positionsGroup)
    try writeStrings(StoreSchema.positionNames, [.position], geometry.positions)
    try writeTable(
      StoreSchema.positionTokens, [.prompt, .position], geometry,
      prompts.flatMap(\.positionTokens))
  }

  private func writeStrings(
    _ name: String, _ axes: [StoreAxis], _ strings: [String]
  ) throws(StoreError) {
    let dataset = try createDataset(name, .string, shape: [strings.count])
    try dataset.write(strings)
    try attachScales(axes, to: dataset)
  }

  private func writeTable<Element: HDF5Element>(
    _ name: String, _ axes: [StoreAxis], _ geometry: StoreGeometry, _ values: [Element]
  ) throws(StoreError) {
    let shape = axes.map(geometry.length(of:))
    let dataset = try createDataset(
      name, Element.hdf5Type, shape: shape,
      storage: .table(shape, valueSize: MemoryLayout<Element>.size))
    try dataset.write(values)
    try attachScales(axes, to: dataset)
  }

  private func attachScales(
    _ axes: [StoreAxis], to dataset: borrowing HDF5Dataset
  ) throws(StoreError) {
    for (index, axis) in axes.enumerated() {
      let scale = try openDataset(axis.scalePath)
      try dataset.attach(scale, toAxis: index, label: axis.rawValue)
    }
  }
}
