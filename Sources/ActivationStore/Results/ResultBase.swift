import Foundation

/// What a write of groups starts from: no file, or the one that is there.
struct ResultBase {
  /// Whether there is a file under the final name.
  let exists: Bool
  /// Whether the new file begins as a copy; otherwise it is written anew.
  let isCopied: Bool
  /// The groups to remove from the copy.
  let replaced: [String]
  /// The groups that a file written anew has besides the new ones, and who made them.
  let kept: [(plan: ResultPlan, provenance: Provenance)]
  /// Attributes of `/` that others gave to a file written anew.
  let attributes: [String: ResultValue]
  /// What the file says of itself before this write.
  let description: FileDescription

  /// Looks at the file at `path`; refuses one that is not ours, or whose parts are in the way.
  init(path: String, groups: [String], overwrite: Bool) throws(StoreError) {
    var isFolder: ObjCBool = false
    exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard exists, !isFolder.boolValue else {
      (isCopied, replaced, kept, attributes) = (false, [], [], [:])
      description = Self.newDescription
      return
    }
    let file = try HDF5File(finished: path, formats: StoreFormat.allCases)
    let members = try file.members(of: StoreSchema.root)
    let results = try file.resultGroups()
    let present = groups.filter(members.contains)
    for name in present {
      guard results.contains(name) else {
        throw .unusableContents(
          path: path, problem: "'\(name)' is a part of that file itself; write to another file")
      }
      guard overwrite else { throw .groupExists(path: path, group: name) }
    }
    // HDF5 does not give back the space of a deleted group, and a long sweep replaces its group
    // after every point, so the small files of results are written anew.
    isCopied = try file.format() == .activations
    replaced = isCopied ? present : []
    kept = try isCopied ? [] : ResultBase.read(members.filter { !groups.contains($0) }, file)
    attributes = try isCopied ? [:] : file.foreignRootAttributes()
    description = try file.readDescription() ?? Self.newDescription
  }

  private static let newDescription = FileDescription(title: "Results of workbench")

  private static func read(
    _ names: [String], _ file: borrowing HDF5File
  ) throws(StoreError) -> [(plan: ResultPlan, provenance: Provenance)] {
    var kept: [(plan: ResultPlan, provenance: Provenance)] = []
    for name in names {
      let plan = try ResultPlan(file.readGroup(name), path: file.path)
      kept.append((plan, try file.readProvenance(of: "/\(name)")))
    }
    return kept
  }
}
