import CHDF5

/// Shapes, selections and type checks that datasets and attributes share.
enum HDF5Space {
  static func make(
    shape: [Int], _ place: HDF5Place
  ) throws(StoreError) -> HDF5Handle {
    let sizes = shape.map { hsize_t($0) }
    return try HDF5Library.own(
      H5Screate_simple(Int32(sizes.count), sizes, nil), closing: H5Sclose,
      "make the shape of", place)
  }

  static func scalar(_ place: HDF5Place) throws(StoreError) -> HDF5Handle {
    try HDF5Library.own(H5Screate(H5S_SCALAR), closing: H5Sclose, "make the shape of", place)
  }

  static func shape(_ space: hid_t, _ place: HDF5Place) throws(StoreError) -> [Int] {
    let rank = H5Sget_simple_extent_ndims(space)
    try HDF5Library.check(rank, "read the shape of", place)
    var sizes = [hsize_t](repeating: 0, count: Int(rank))
    try HDF5Library.check(
      H5Sget_simple_extent_dims(space, &sizes, nil), "read the shape of", place)
    var shape: [Int] = []
    for size in sizes {
      guard let size = Int(exactly: size) else {
        throw .malformed(path: place.file, place: place.object, problem: "is impossibly large")
      }
      shape.append(size)
    }
    return shape
  }

  /// The number of values in a block of this shape.
  static func count(_ shape: [Int], _ place: HDF5Place) throws(StoreError) -> Int {
    var total = 1
    for size in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard !overflow else {
        throw .malformed(path: place.file, place: place.object, problem: "is impossibly large")
      }
      total = product
    }
    return total
  }

  static func expect(
    _ type: HDF5Type, _ stored: hid_t, _ place: HDF5Place
  ) throws(StoreError) {
    guard try isSame(type, stored, place) else {
      throw .malformed(
        path: place.file, place: place.object, problem: "does not hold \(type.rawValue) values")
    }
  }

  /// The type of stored values, or nil for a type that the store does not write.
  static func type(_ stored: hid_t, _ place: HDF5Place) throws(StoreError) -> HDF5Type? {
    for type in HDF5Type.allCases where try isSame(type, stored, place) { return type }
    return nil
  }

  private static func isSame(
    _ type: HDF5Type, _ stored: hid_t, _ place: HDF5Place
  ) throws(StoreError) -> Bool {
    if type == .string { return H5Tis_variable_str(stored) > 0 }
    let wanted = try type.make(place)
    return H5Tequal(stored, wanted.id) > 0
  }
}
