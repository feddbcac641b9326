extension HDF5File {
  /// Opens a file that was just written and compares it with what it should hold.
  ///
  /// The new groups and those that were kept are read in full. Of a copied activation file, whose
  /// activations no write touches, the prompts, tokens and sizes are compared.
  static func expectWritten(
    _ partialPath: String, _ base: ResultBase, _ plans: [ResultPlan], _ provenance: Provenance,
    named path: String
  ) throws(StoreError) {
    let file = try HDF5File(reading: partialPath, named: path)
    for (plan, provenance) in base.kept + plans.map({ ($0, provenance) }) {
      var group = plan.group
      group.attributes.merge(provenance.settings) { own, _ in own }
      try file.expect(group)
    }
    guard base.isCopied else { return }
    let before = try HDF5File(reading: path)
    let new = Set(plans.map(\.group.name))
    for name in try before.resultGroups() where !new.contains(name) {
      try file.expect(before.readGroup(name))
    }
    let header = try before.readHeader()
    let contents = try before.readContents(model: header.model, dtype: header.dtype)
    guard try file.readContents(model: header.model, dtype: header.dtype) == contents else {
      throw file.lost("the prompts")
    }
  }

  /// Opens a file of activations that was just written: it must be whole.
  static func expectComplete(_ partialPath: String, named path: String) throws(StoreError) {
    let file = try HDF5File(reading: partialPath, named: path)
    let header = try file.readHeader()
    let contents = try file.readContents(model: header.model, dtype: header.dtype)
    let marks: [Int8] = try file.openDataset(StoreSchema.committed).readAll()
    let complete: UInt8 = try file.attribute("complete", of: StoreSchema.root)
    guard complete == 1, marks == [Int8](repeating: 1, count: contents.prompts.count) else {
      throw file.lost(StoreSchema.committed)
    }
  }

  private func expect(_ group: ResultGroup) throws(StoreError) {
    guard try readGroup(group.name).hasSameBits(as: group) else { throw lost("/\(group.name)") }
  }

  private func lost(_ object: String) -> StoreError {
    .library(
      operation: "write", path: path, object: object,
      reason: "what was written does not read back the same")
  }
}

extension ResultGroup {
  /// Whether another group is the same bit for bit, NaN included.
  func hasSameBits(as other: ResultGroup) -> Bool {
    name == other.name && attributes.count == other.attributes.count
      && attributes.allSatisfy { other.attributes[$0.key]?.hasSameBits(as: $0.value) == true }
      && datasets.elementsEqual(other.datasets) { first, second in
        first.name == second.name && first.axes == second.axes && first.shape == second.shape
          && first.values.hasSameBits(as: second.values)
          && first.attributes.count == second.attributes.count
          && first.attributes.allSatisfy {
            second.attributes[$0.key]?.hasSameBits(as: $0.value) == true
          }
      }
  }
}

extension ResultValue {
  fileprivate func hasSameBits(as other: ResultValue) -> Bool {
    guard case (.number(let first), .number(let second)) = (self, other) else {
      return self == other
    }
    return first.bitPattern == second.bitPattern
  }
}

extension ResultDataset.Values {
  fileprivate func hasSameBits(as other: ResultDataset.Values) -> Bool {
    switch (self, other) {
    case (.floats(let first), .floats(let second)):
      first.elementsEqual(second) { $0.bitPattern == $1.bitPattern }
    case (.doubles(let first), .doubles(let second)):
      first.elementsEqual(second) { $0.bitPattern == $1.bitPattern }
    default: self == other
    }
  }
}
