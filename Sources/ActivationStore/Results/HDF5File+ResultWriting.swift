extension HDF5File {
  /// Takes away what is replaced and writes what is new or kept.
  func change(
    _ base: ResultBase, adding plans: [ResultPlan], _ provenance: Provenance
  ) throws(StoreError) {
    if !base.isCopied {
      try writeResultHeader(provenance)
      try write(base.attributes, of: StoreSchema.root)
    }
    var description = base.description
    description.note(provenance)
    try write(description)
    for name in base.replaced { try delete("/\(name)") }
    for (plan, provenance) in base.kept { try write(plan, provenance) }
    for plan in plans { try write(plan, provenance) }
  }

  /// Writes the attributes of `/` of a new file of results.
  private func writeResultHeader(_ provenance: Provenance) throws(StoreError) {
    let root = StoreSchema.root
    try setAttribute("format", of: root, to: StoreFormat.results.rawValue)
    try setAttribute("format_version", of: root, to: Int64(StoreFormat.results.version))
    try write(provenance, of: root)
    try setAttribute("complete", of: root, to: UInt8(1))
  }

  /// Writes one group with its datasets and scales.
  private func write(_ plan: ResultPlan, _ provenance: Provenance) throws(StoreError) {
    let group = "/\(plan.group.name)"
    try createOrderedGroup(group)
    try write(provenance.settings.merging(plan.group.attributes) { $1 }, of: group)
    try write(provenance, of: group)
    let coordinates = plan.auxiliaryCoordinates
    if !coordinates.isEmpty {
      try setAttribute("coordinates", of: group, to: coordinates.joined(separator: " "))
    }
    for dataset in plan.group.datasets { try write(dataset, in: group) }
    let others = try axesThatDiffer(plan)
    func dimension(_ axis: String) -> String {
      others.contains(axis) ? plan.ownName(of: axis) : axis
    }
    for axis in plan.axes where others.contains(axis.name) || plan.isBare(axis.name) {
      let name = dimension(axis.name)
      guard var coordinates = plan.group.datasets.first(where: { $0.name == axis.name }) else {
        let scale = try createDataset("\(group)/\(name)", .float32, shape: [axis.length])
        try scale.becomeDimensionOnly(length: axis.length)
        continue
      }
      coordinates.name = name
      try write(coordinates, in: group)
      try openDataset("\(group)/\(name)").becomeScale(of: name)
    }
    let scales = plan.group.datasets.filter { plan.isScale($0) && !others.contains($0.name) }
    for dataset in scales {
      try openDataset("\(group)/\(dataset.name)").becomeScale(of: dataset.name)
    }
    for dataset in plan.group.datasets where !scales.contains(where: { $0.name == dataset.name }) {
      try attachScales(dataset.axes.map(dimension), to: dataset, in: group)
    }
  }

  /// The axes of a group that are others than the file's of the same name: those of some layers or
  /// prompts only.
  ///
  /// Under one name xarray's `open_datatree` would take both for one dimension, and refuse the file.
  private func axesThatDiffer(_ plan: ResultPlan) throws(StoreError) -> Set<String> {
    let members = try Set(members(of: StoreSchema.root))
    var others: Set<String> = []
    for axis in plan.axes where members.contains(axis.name) {
      let coordinates = plan.group.datasets.first { $0.name == axis.name }?.values
      if try !isSame(axis.name, length: axis.length, coordinates) { others.insert(axis.name) }
    }
    return others
  }

  private func isSame(
    _ axis: String, length: Int, _ coordinates: ResultDataset.Values?
  ) throws(StoreError) -> Bool {
    let scale = try openDataset("/\(axis)")
    guard try scale.shape() == [length] else { return false }
    let hasValues = try scale.scaleName() == axis
    guard hasValues, let coordinates else { return true }
    switch coordinates {
    case .integers(let values):
      guard try scale.type() == .int32 else { return false }
      return try scale.readAll(as: Int32.self).map { Int($0) } == values
    case .texts(let values):
      guard try scale.type() == .string else { return false }
      return try scale.readStrings() == values
    default: return false
    }
  }

  private func write(_ provenance: Provenance, of object: String) throws(StoreError) {
    try setAttribute("tool_version", of: object, to: provenance.toolVersion)
    try setAttribute("command_line", of: object, to: provenance.commandLine)
    try setAttribute("created", of: object, to: provenance.created.formatted(.iso8601))
  }

  func write(
    _ attributes: [String: ResultValue], of object: String
  ) throws(StoreError) {
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
      switch value {
      case .text(let text): try setAttribute(name, of: object, to: text)
      case .integer(let number): try setAttribute(name, of: object, to: Int64(number))
      case .number(let number): try setAttribute(name, of: object, to: number)
      }
    }
  }

  private func write(_ dataset: ResultDataset, in group: String) throws(StoreError) {
    let name = "\(group)/\(dataset.name)"
    let shape = dataset.shape
    switch dataset.values {
    case .floats(let values):
      try writeTable(name, shape, values)
      try setAttribute(ResultPlan.missing, of: name, to: Float.nan)
    case .doubles(let values):
      try writeTable(name, shape, values)
      try setAttribute(ResultPlan.missing, of: name, to: Double.nan)
    case .integers(let values):
      try writeTable(name, shape, values.map { Int64($0) })
    case .truths(let values):
      try writeTable(name, shape, values.map { Int8($0 ? 1 : 0) })
      try setAttribute("dtype", of: name, to: "bool")
    case .texts(let values):
      try createDataset(name, .string, shape: shape).write(values)
    }
    try write(dataset.attributes, of: name)
  }

  private func writeTable<Element: HDF5Element>(
    _ name: String, _ shape: [Int], _ values: [Element]
  ) throws(StoreError) {
    let storage = HDF5Storage.table(shape, valueSize: MemoryLayout<Element>.size)
    try createDataset(name, Element.hdf5Type, shape: shape, storage: storage).write(values)
  }

  private func attachScales(
    _ dimensions: [String], to dataset: ResultDataset, in group: String
  ) throws(StoreError) {
    let owner = try openDataset("\(group)/\(dataset.name)")
    for (index, axis) in dimensions.enumerated() {
      try owner.attach(try openDataset("\(group)/\(axis)"), toAxis: index, label: axis)
    }
  }
}
