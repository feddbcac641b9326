/// Reads and writes the groups that analyses add to an HDF5 file.
public enum ResultFile {
  /// Adds groups to the file at `path`, which is made if there is none.
  ///
  /// The file may be an activation file or one of results. It is copied, extended and renamed, so
  /// an interrupted write changes nothing. (A file of results is read and written anew, so that
  /// groups may be replaced many times; an activation file keeps the space of a replaced group.)
  /// A group that exists is replaced when `overwrite` is set
  /// and refused otherwise. Each group carries `provenance` among its attributes.
  ///
  /// Axes become dimension scales inside the group: a dataset of one axis that has the axis' name
  /// gives its coordinates, and any other axis gets a scale without values. Datasets are kept in
  /// the order given. Zero rows are allowed; NaN and infinities are kept.
  ///
  /// - Complexity: O(size of the file).
  public static func write(
    _ groups: [ResultGroup], to path: String, provenance: Provenance, overwrite: Bool
  ) throws(StoreError) {
    let plans = try groups.map { group throws(StoreError) in try ResultPlan(group, path: path) }
    // From here on no other process writes this file, so what is read of it stays true.
    var partial = try PartialFile(for: path, overwrite: true)
    let path = partial.path
    let base = try HDF5Library.locked { () throws(StoreError) in
      try ResultBase(path: path, groups: groups.map(\.name), overwrite: overwrite)
    }
    partial.mayReplace = base.exists
    if base.isCopied { try partial.copy(path) }
    try HDF5Library.locked { () throws(StoreError) in
      let file =
        try base.isCopied
        ? HDF5File(changing: partial.partialPath, named: path)
        : HDF5File(creating: partial.partialPath, named: path)
      do throws(StoreError) {
        try file.change(base, adding: plans, provenance)
        // A full disk must show here, while the file can still be emptied and closed.
        try file.flush()
      } catch {
        partial.empty()
        throw error
      }
      try file.close()
      try HDF5File.expectWritten(
        partial.partialPath, base, plans, provenance, named: path)
    }
    try partial.publish()
  }

  /// Reads one group, without the attributes of its provenance.
  public static func read(_ group: String, from path: String) throws(StoreError) -> ResultGroup {
    try HDF5Library.locked { () throws(StoreError) in
      let file = try HDF5File(finished: path, formats: StoreFormat.allCases)
      let stored = try file.resultGroups()
      guard stored.contains(group) else {
        throw .unknownGroup(path: path, group: group, stored: stored)
      }
      return try file.readGroup(group)
    }
  }

  /// The names of the file's groups of results, in alphabetical order.
  public static func groups(in path: String) throws(StoreError) -> [String] {
    try HDF5Library.locked { () throws(StoreError) in
      try HDF5File(finished: path, formats: StoreFormat.allCases).resultGroups().sorted()
    }
  }

  /// Whether the file has the group; throws if there is no such file.
  public static func contains(_ group: String, in path: String) throws(StoreError) -> Bool {
    try groups(in: path).contains(group)
  }

  /// Who added a group to the file, and when.
  public static func provenance(
    of group: String, in path: String
  ) throws(StoreError) -> Provenance {
    try HDF5Library.locked { () throws(StoreError) in
      let file = try HDF5File(finished: path, formats: StoreFormat.allCases)
      let stored = try file.resultGroups()
      guard stored.contains(group) else {
        throw .unknownGroup(path: path, group: group, stored: stored)
      }
      return try file.readProvenance(of: "/\(group)")
    }
  }
}
