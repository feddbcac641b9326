import CHDF5

extension HDF5File {
  /// Opens a file to add to it and to delete from it; messages call it `name`.
  package init(changing path: String, named name: String) throws(StoreError) {
    let place = HDF5Place(file: name, object: "/")
    let access = try HDF5File.accessProperties(place)
    HDF5Library.forgetFailures(in: name)
    handle = try HDF5Library.own(
      H5Fopen(path, chdf5_read_write(), access.id), closing: H5Fclose, "open", place)
    self.path = name
    keepFromChildProcesses(access.id)
  }

  /// Creates a group whose members keep their order, as netCDF-4 asks.
  package func createOrderedGroup(_ name: String) throws(StoreError) {
    let place = place(name)
    let creation = try HDF5Library.own(
      H5Pcreate(chdf5_group_create_class()), closing: H5Pclose, "set up", place)
    // Time stamps inside the file would make two equal runs differ in their bytes.
    try HDF5Library.check(H5Pset_obj_track_times(creation.id, false), "set up", place)
    let order = UInt32(H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED)
    try HDF5Library.check(H5Pset_link_creation_order(creation.id, order), "set up", place)
    let defaults = chdf5_default_properties()
    _ = try HDF5Library.own(
      H5Gcreate2(handle.id, name, defaults, creation.id, defaults), closing: H5Gclose,
      "create the group", place)
  }

  /// Gives an object a second name, equal to its first.
  package func link(_ name: String, to object: String) throws(StoreError) {
    let defaults = chdf5_default_properties()
    try HDF5Library.check(
      H5Lcreate_hard(handle.id, object, handle.id, name, defaults, defaults), "link", place(name))
  }

  /// Deletes a group or dataset with all that is in it.
  package func delete(_ name: String) throws(StoreError) {
    try HDF5Library.check(
      H5Ldelete(handle.id, name, chdf5_default_properties()), "delete", place(name))
  }

  /// The names of the members of a group, in the order of their creation where the group knows it.
  package func membersInOrder(of group: String) throws(StoreError) -> [String] {
    let owner = try openGroup(group)
    let creation = try HDF5Library.own(
      H5Gget_create_plist(owner.id), closing: H5Pclose, "list", place(group))
    var order: UInt32 = 0
    try HDF5Library.check(
      H5Pget_link_creation_order(creation.id, &order), "list", place(group))
    let isOrdered = order & UInt32(H5P_CRT_ORDER_TRACKED) != 0
    return try members(
      of: owner, group, by: isOrdered ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME)
  }

  /// The names of the members of a group, in alphabetical order of their bytes.
  package func members(of group: String) throws(StoreError) -> [String] {
    try members(of: try openGroup(group), group, by: H5_INDEX_NAME)
  }

  private func openGroup(_ name: String) throws(StoreError) -> HDF5Handle {
    try HDF5Library.own(
      H5Gopen2(handle.id, name, chdf5_default_properties()), closing: H5Gclose, "open",
      place(name))
  }

  private func members(
    of owner: borrowing HDF5Handle, _ group: String, by order: H5_index_t
  ) throws(StoreError) -> [String] {
    var info = H5G_info_t()
    try HDF5Library.check(H5Gget_info(owner.id, &info), "list", place(group))
    let id = owner.id
    var names: [String] = []
    for index in 0..<info.nlinks {
      let name = try HDF5Text.read("list", place(group)) { buffer, size in
        H5Lget_name_by_idx(
          id, ".", order, H5_ITER_INC, index, buffer, size, chdf5_default_properties())
      }
      names.append(name)
    }
    return names
  }
}
