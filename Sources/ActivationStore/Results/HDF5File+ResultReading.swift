import Foundation

extension HDF5File {
  /// The groups that `ResultFile` wrote: those that say who made them.
  func resultGroups() throws(StoreError) -> [String] {
    try members(of: StoreSchema.root).filter { name in
      ResultPlan.provenanceAttributes.allSatisfy { hasAttribute($0, of: "/\(name)") }
    }
  }

  func readGroup(_ name: String) throws(StoreError) -> ResultGroup {
    let group = "/\(name)"
    var datasets: [ResultDataset] = []
    let members = try membersInOrder(of: group)
    let prefix = ResultPlan.ownPrefix(in: name)
    for member in members {
      let dataset = try openDataset("\(group)/\(member)")
      let scale = try dataset.scaleName()
      if scale?.hasPrefix(HDF5Dataset.dimensionOnlyMark) == true { continue }
      // The coordinates of an axis that is not the file's own stand under the axis' name, too.
      if scale != nil, member.hasPrefix(prefix),
        members.contains(String(member.dropFirst(prefix.count)))
      {
        continue
      }
      datasets.append(try read(dataset, named: member, in: group, isScale: scale != nil))
    }
    let attributes = try readAttributes(
      of: group, without: ResultPlan.provenanceAttributes.union(ResultPlan.conventionAttributes))
    return ResultGroup(name: name, attributes: attributes, datasets: datasets)
  }

  /// The attributes of `/` of a file of results that the store does not write itself.
  func foreignRootAttributes() throws(StoreError) -> [String: ResultValue] {
    let own = ResultPlan.provenanceAttributes.union(ResultPlan.libraryAttributes)
      .union(FileDescription.attributes)
    return try readAttributes(
      of: StoreSchema.root, without: own.union(["format", "format_version", "complete"]))
  }

  func readProvenance(of group: String) throws(StoreError) -> Provenance {
    guard
      let created = try? Date(attributeText("created", of: group), strategy: .iso8601)
    else {
      throw .malformed(
        path: path, place: "attribute created of \(group)",
        problem: "is not a time in ISO 8601")
    }
    return Provenance(
      toolVersion: try attributeText("tool_version", of: group),
      commandLine: try attributeText("command_line", of: group), created: created)
  }

  private func read(
    _ dataset: borrowing HDF5Dataset, named name: String, in group: String, isScale: Bool
  ) throws(StoreError) -> ResultDataset {
    let prefix = ResultPlan.ownPrefix(in: String(group.dropFirst()))
    let axes =
      try isScale
      ? [name]
      : dataset.axisLabels().map { axis in
        axis.hasPrefix(prefix) ? String(axis.dropFirst(prefix.count)) : axis
      }
    return ResultDataset(
      name: name, axes: axes,
      shape: try dataset.shape(), values: try values(of: dataset),
      attributes: try readAttributes(
        of: "\(group)/\(name)",
        without: ResultPlan.libraryAttributes.union(ResultPlan.conventionAttributes)
          .union(try dataset.type() == .int64 ? [] : [ResultPlan.missing])))
  }

  private func values(
    of dataset: borrowing HDF5Dataset
  ) throws(StoreError) -> ResultDataset.Values {
    switch try dataset.type() {
    case .float32: return .floats(try dataset.readAll())
    case .float64: return .doubles(try dataset.readAll())
    case .int64: return .integers(try dataset.readAll(as: Int64.self).map { Int($0) })
    case .int8: return .truths(try dataset.readAll(as: Int8.self).map { $0 != 0 })
    case .string: return .texts(try dataset.readAllStrings())
    default: throw unknownType(dataset.place.object)
    }
  }

  private func readAttributes(
    of object: String, without excluded: Set<String>
  ) throws(StoreError) -> [String: ResultValue] {
    var attributes: [String: ResultValue] = [:]
    for name in try attributeNames(of: object) where !excluded.contains(name) {
      switch try attributeType(name, of: object) {
      case .string: attributes[name] = .text(try attributeText(name, of: object))
      case .int64:
        attributes[name] = .integer(Int(try attribute(name, of: object, as: Int64.self)))
      case .float64: attributes[name] = .number(try attribute(name, of: object))
      default: throw unknownType("attribute \(name) of \(object)")
      }
    }
    return attributes
  }

  private func unknownType(_ place: String) -> StoreError {
    .malformed(
      path: path, place: place,
      problem: "holds values of another type than float32, float64, int64, int8 and text")
  }
}
