import CHDF5

extension HDF5Dataset {
  /// How the netCDF-4 format marks a scale that has a length but no values.
  static let dimensionOnlyMark = "This is a netCDF dimension but not a netCDF variable."

  /// Makes this one-dimensional dataset the scale of the dimension `name`.
  ///
  /// A scale with values is a coordinate variable of the same name in netCDF-4.
  package func becomeScale(of name: String) throws(StoreError) {
    try HDF5Library.check(H5DSset_scale(handle.id, name), "make a dimension scale of", place)
  }

  /// Makes this dataset a scale without values: netCDF-4 then knows only the length of the axis.
  package func becomeDimensionOnly(length: Int) throws(StoreError) {
    // The length follows in ten columns.
    let digits = String(length)
    let padding = String(repeating: " ", count: max(0, 10 - digits.count))
    try becomeScale(of: "\(HDF5Dataset.dimensionOnlyMark) \(padding)\(digits)")
  }

  /// The name that this dataset has as a scale, or nil if it is none.
  package func scaleName() throws(StoreError) -> String? {
    guard H5DSis_scale(handle.id) > 0 else { return nil }
    return try HDF5Text.read("read the name of", place) { buffer, size in
      H5DSget_scale_name(handle.id, buffer, size)
    }
  }

  /// Names the axis `axis` and ties it to the scale of that dimension.
  package func attach(
    _ scale: borrowing HDF5Dataset, toAxis axis: Int, label: String
  ) throws(StoreError) {
    let axis = UInt32(axis)
    try HDF5Library.check(
      H5DSattach_scale(handle.id, scale.handle.id, axis), "attach a dimension scale to", place)
    try HDF5Library.check(H5DSset_label(handle.id, axis, label), "label an axis of", place)
  }

  /// The label of each axis, empty where there is none.
  package func axisLabels() throws(StoreError) -> [String] {
    var labels: [String] = []
    for axis in try shape().indices {
      let label = try HDF5Text.read("read the axis labels of", place) { buffer, size in
        H5DSget_label(handle.id, UInt32(axis), buffer, size)
      }
      labels.append(label)
    }
    return labels
  }
}
