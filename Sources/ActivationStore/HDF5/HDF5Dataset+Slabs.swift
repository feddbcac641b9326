import CHDF5

/// A rectangular block of a dataset: the first index and the extent along each axis.
package struct HDF5Slab: Equatable, Sendable {
  package var start: [Int]
  package var count: [Int]

  package init(start: [Int], count: [Int]) {
    self.start = start
    self.count = count
  }
}

extension HDF5Dataset {
  /// Writes `values`, in row-major order, over the block `slab`.
  package func write<Element: HDF5Element>(
    _ values: UnsafeBufferPointer<Element>, to slab: HDF5Slab
  ) throws(StoreError) {
    try expectCount(values.count, slab.count)
    guard let base = values.baseAddress, !values.isEmpty else { return }
    let type = try Element.hdf5Type.make(place)
    // The same rank on both sides spares the library a mapping element by element.
    let memory = try HDF5Space.make(shape: slab.count, place)
    let file = try select(slab)
    try HDF5Library.check(
      H5Dwrite(handle.id, type.id, memory.id, file.id, chdf5_default_properties(), base),
      "write", place)
  }

  /// Writes the whole dataset.
  package func write<Element: HDF5Element>(_ values: [Element]) throws(StoreError) {
    try expectCount(values.count, shape())
    guard !values.isEmpty else { return }
    let type = try Element.hdf5Type.make(place)
    let whole = chdf5_whole_space()
    try HDF5Library.check(
      H5Dwrite(handle.id, type.id, whole, whole, chdf5_default_properties(), values),
      "write", place)
  }

  /// The values of the block `slab`, in row-major order.
  package func read<Element: HDF5Element>(
    _ slab: HDF5Slab, as element: Element.Type = Element.self
  ) throws(StoreError) -> [Element] {
    try expectType(Element.hdf5Type)
    let total = try HDF5Space.count(slab.count, place)
    guard total > 0 else { return [] }
    try expectBacking(total, slab, MemoryLayout<Element>.stride)
    let type = try Element.hdf5Type.make(place)
    let memory = try HDF5Space.make(shape: slab.count, place)
    let file = try select(slab)
    var status: herr_t = -1
    let values = [Element](unsafeUninitializedCapacity: total) { buffer, initialized in
      status = H5Dread(
        handle.id, type.id, memory.id, file.id, chdf5_default_properties(), buffer.baseAddress)
      initialized = status < 0 ? 0 : total
    }
    try HDF5Library.check(status, "read", place)
    return values
  }

  /// All values of the dataset, in row-major order.
  package func readAll<Element: HDF5Element>(
    as element: Element.Type = Element.self
  ) throws(StoreError) -> [Element] {
    let shape = try shape()
    return try read(HDF5Slab(start: shape.map { _ in 0 }, count: shape))
  }

  private func select(_ slab: HDF5Slab) throws(StoreError) -> HDF5Handle {
    let space = try HDF5Library.own(
      H5Dget_space(handle.id), closing: H5Sclose, "read the shape of", place)
    // A selection that sticks out is an error only to the transfer, so ranks are checked here.
    guard slab.start.count == Int(H5Sget_simple_extent_ndims(space.id)) else {
      throw .malformed(
        path: place.file, place: place.object,
        problem: "does not have \(slab.start.count) axes")
    }
    // A single number has nothing to select from.
    guard !slab.start.isEmpty else { return space }
    let start = slab.start.map { hsize_t($0) }
    let count = slab.count.map { hsize_t($0) }
    try HDF5Library.check(
      H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil), "select from",
      place)
    return space
  }

  func expectCount(_ got: Int, _ shape: [Int]) throws(StoreError) {
    let expected = try HDF5Space.count(shape, place)
    guard got == expected else {
      throw .wrongCount(
        path: place.file, place: place.object, expected: expected, got: got)
    }
  }

  private func expectBacking(
    _ total: Int, _ slab: HDF5Slab, _ stride: Int
  ) throws(StoreError) {
    let (bytes, overflow) = total.multipliedReportingOverflow(by: stride)
    try expectStored(overflow ? .max : bytes)
  }
}
