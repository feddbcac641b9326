import CHDF5

/// An open dataset; reads and writes are in `HDF5Dataset+Slabs.swift` and `+Strings.swift`.
package struct HDF5Dataset: ~Copyable {
  let handle: HDF5Handle
  let place: HDF5Place
}

/// How the values of a new dataset lie in the file.
package enum HDF5Storage: Sendable {
  /// One block in row-major order.
  case contiguous
  /// Tiles of the given shape, each with a sum that tells changed bytes when it is read.
  case summed([Int])
}

extension HDF5Storage {
  /// Bytes of a tile of tables, which are written as a whole and read as one.
  private static let tileBytes = 1 << 20

  /// How the numbers of a table lie: with sums, in tiles of whole rows; a table of nothing has none.
  static func table(_ shape: [Int], valueSize: Int) -> HDF5Storage {
    guard let rows = shape.first, shape.allSatisfy({ $0 > 0 }) else { return .contiguous }
    let rowBytes = shape.dropFirst().reduce(valueSize, *)
    return .summed([min(rows, max(1, tileBytes / rowBytes))] + shape.dropFirst())
  }

  fileprivate var chunk: [Int]? {
    switch self {
    case .contiguous: nil
    case .summed(let chunk): chunk
    }
  }
}

extension HDF5File {
  /// Creates a dataset of `shape`; its values are undefined until they are written.
  package func createDataset(
    _ name: String, _ type: HDF5Type, shape: [Int], storage: HDF5Storage = .contiguous
  ) throws(StoreError) -> HDF5Dataset {
    let place = place(name)
    let datatype = try type.make(place)
    let space = try HDF5Space.make(shape: shape, place)
    let creation = try creationProperties(storage, place)
    let access = try HDF5File.datasetAccess(place)
    let handle = try HDF5Library.own(
      H5Dcreate2(
        handle.id, name, datatype.id, space.id, chdf5_default_properties(), creation.id,
        access.id),
      closing: H5Dclose, "create", place)
    return HDF5Dataset(handle: handle, place: place)
  }

  package func openDataset(_ name: String) throws(StoreError) -> HDF5Dataset {
    let place = place(name)
    let access = try HDF5File.datasetAccess(place)
    let handle = try HDF5Library.own(
      H5Dopen2(handle.id, name, access.id), closing: H5Dclose, "open", place)
    return HDF5Dataset(handle: handle, place: place)
  }

  private func creationProperties(
    _ storage: HDF5Storage, _ place: HDF5Place
  ) throws(StoreError) -> HDF5Handle {
    let properties = try HDF5Library.own(
      H5Pcreate(chdf5_dataset_create_class()), closing: H5Pclose, "set up", place)
    // Time stamps inside the file would make two equal runs differ in their bytes.
    try HDF5Library.check(H5Pset_obj_track_times(properties.id, false), "set up", place)
    if let sizes = storage.chunk?.map({ hsize_t($0) }) {
      try HDF5Library.check(
        H5Pset_chunk(properties.id, Int32(sizes.count), sizes), "set the chunks of", place)
      // Filling chunks before writing them would double the bytes that go to the disk.
      try HDF5Library.check(
        H5Pset_fill_time(properties.id, H5D_FILL_TIME_NEVER), "set up", place)
      try HDF5Library.check(H5Pset_fletcher32(properties.id), "set up", place)
    }
    return properties
  }

  /// Turns the chunk cache off: chunks are read and written whole, or once in part.
  private static func datasetAccess(_ place: HDF5Place) throws(StoreError) -> HDF5Handle {
    let access = try HDF5Library.own(
      H5Pcreate(chdf5_dataset_access_class()), closing: H5Pclose, "set up", place)
    try HDF5Library.check(H5Pset_chunk_cache(access.id, 1, 0, 1), "set up", place)
    return access
  }
}

extension HDF5Dataset {
  /// The length of each axis.
  package func shape() throws(StoreError) -> [Int] {
    let space = try HDF5Library.own(
      H5Dget_space(handle.id), closing: H5Sclose, "read the shape of", place)
    return try HDF5Space.shape(space.id, place)
  }

  /// Throws unless the values in the file have exactly this type.
  package func expectType(_ type: HDF5Type) throws(StoreError) {
    let stored = try HDF5Library.own(
      H5Dget_type(handle.id), closing: H5Tclose, "read the type of", place)
    try HDF5Space.expect(type, stored.id, place)
  }

  /// The type of the values in the file, or nil for one that the store does not write.
  package func type() throws(StoreError) -> HDF5Type? {
    let stored = try HDF5Library.own(
      H5Dget_type(handle.id), closing: H5Tclose, "read the type of", place)
    return try HDF5Space.type(stored.id, place)
  }

  /// Throws if the dataset declares more bytes than its storage can unpack to.
  ///
  /// A damaged header could otherwise ask for more memory than the machine has. Deflate, the
  /// strongest of the common filters, shrinks data by a factor of 1032 at most.
  func expectStored(_ bytes: Int) throws(StoreError) {
    let (limit, overflow) = Int(clamping: H5Dget_storage_size(handle.id))
      .multipliedReportingOverflow(by: 1032)
    guard overflow || bytes <= limit else {
      throw .malformed(
        path: place.file, place: place.object,
        problem: "declares more values than the file holds")
    }
  }
}
