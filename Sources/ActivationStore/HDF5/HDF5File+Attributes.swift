import CHDF5

extension HDF5File {
  package func setAttribute(
    _ name: String, of object: String, to text: String
  ) throws(StoreError) {
    let place = attributePlace(name, object)
    let space = try HDF5Space.scalar(place)
    let packed = try PackedStrings([text], place)
    let attribute = try createAttribute(name, object, .string, space.id)
    let type = try HDF5Type.string.make(place)
    let status = packed.withPointers { H5Awrite(attribute.id, type.id, $0) }
    try HDF5Library.check(status, "write", place)
  }

  package func setAttribute<Element: HDF5Element>(
    _ name: String, of object: String, to value: Element
  ) throws(StoreError) {
    let space = try HDF5Space.scalar(attributePlace(name, object))
    try writeAttribute(name, object, [value], space.id)
  }

  /// Writes a one-dimensional attribute.
  package func setAttribute<Element: HDF5Element>(
    _ name: String, of object: String, to values: [Element]
  ) throws(StoreError) {
    let space = try HDF5Space.make(shape: [values.count], attributePlace(name, object))
    try writeAttribute(name, object, values, space.id)
  }

  package func hasAttribute(_ name: String, of object: String) -> Bool {
    H5Aexists_by_name(handle.id, object, name, chdf5_default_properties()) > 0
  }

  /// The names of the attributes of a group or dataset, in alphabetical order of their bytes.
  package func attributeNames(of object: String) throws(StoreError) -> [String] {
    var names: [String] = []
    let status = withUnsafeMutablePointer(to: &names) { pointer in
      H5Aiterate_by_name(
        handle.id, object, H5_INDEX_NAME, H5_ITER_INC, nil,
        { _, name, _, context in
          guard let name, let context else { return -1 }
          context.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
          return 0
        }, pointer, chdf5_default_properties())
    }
    try HDF5Library.check(status, "list the attributes of", place(object))
    return names
  }

  /// The type of an attribute's values, or nil for a type that the store does not write.
  package func attributeType(
    _ name: String, of object: String
  ) throws(StoreError) -> HDF5Type? {
    let place = attributePlace(name, object)
    let defaults = chdf5_default_properties()
    let attribute = try HDF5Library.own(
      H5Aopen_by_name(handle.id, object, name, defaults, defaults), closing: H5Aclose, "open",
      place)
    let stored = try HDF5Library.own(
      H5Aget_type(attribute.id), closing: H5Tclose, "read the type of", place)
    return try HDF5Space.type(stored.id, place)
  }

  package func attributeText(
    _ name: String, of object: String
  ) throws(StoreError) -> String {
    let place = attributePlace(name, object)
    let attribute = try openAttribute(name, object, .string, rank: 0)
    let type = try HDF5Type.string.make(place)
    var pointer: UnsafeMutablePointer<CChar>?
    try HDF5Library.check(H5Aread(attribute.id, type.id, &pointer), "read", place)
    defer { H5free_memory(pointer) }
    return try PackedStrings.string(pointer, place)
  }

  package func attribute<Element: HDF5Element>(
    _ name: String, of object: String, as element: Element.Type = Element.self
  ) throws(StoreError) -> Element {
    let values: [Element] = try readAttribute(name, object, rank: 0)
    return values[0]
  }

  package func attributeArray<Element: HDF5Element>(
    _ name: String, of object: String, as element: Element.Type = Element.self
  ) throws(StoreError) -> [Element] {
    try readAttribute(name, object, rank: 1)
  }

  private func attributePlace(_ name: String, _ object: String) -> HDF5Place {
    place("attribute \(name) of \(object)")
  }

  private func createAttribute(
    _ name: String, _ object: String, _ type: HDF5Type, _ space: hid_t
  ) throws(StoreError) -> HDF5Handle {
    let place = attributePlace(name, object)
    let datatype = try type.make(place)
    let defaults = chdf5_default_properties()
    // Writing an attribute again replaces it.
    if hasAttribute(name, of: object) {
      try HDF5Library.check(
        H5Adelete_by_name(handle.id, object, name, defaults), "replace", place)
    }
    return try HDF5Library.own(
      H5Acreate_by_name(
        handle.id, object, name, datatype.id, space, defaults, defaults, defaults),
      closing: H5Aclose, "create", place)
  }

  private func writeAttribute<Element: HDF5Element>(
    _ name: String, _ object: String, _ values: [Element], _ space: hid_t
  ) throws(StoreError) {
    let place = attributePlace(name, object)
    let attribute = try createAttribute(name, object, Element.hdf5Type, space)
    let type = try Element.hdf5Type.make(place)
    try HDF5Library.check(H5Awrite(attribute.id, type.id, values), "write", place)
  }

  private func openAttribute(
    _ name: String, _ object: String, _ type: HDF5Type, rank: Int32
  ) throws(StoreError) -> HDF5Handle {
    let place = attributePlace(name, object)
    guard hasAttribute(name, of: object) else {
      throw .malformed(path: path, place: place.object, problem: "is missing")
    }
    let defaults = chdf5_default_properties()
    let attribute = try HDF5Library.own(
      H5Aopen_by_name(handle.id, object, name, defaults, defaults), closing: H5Aclose, "open",
      place)
    let stored = try HDF5Library.own(
      H5Aget_type(attribute.id), closing: H5Tclose, "read the type of", place)
    try HDF5Space.expect(type, stored.id, place)
    let space = try HDF5Library.own(
      H5Aget_space(attribute.id), closing: H5Sclose, "read the shape of", place)
    guard H5Sget_simple_extent_npoints(space.id) >= 1 || rank > 0,
      H5Sget_simple_extent_ndims(space.id) == rank
    else {
      throw .malformed(path: path, place: place.object, problem: "has another shape")
    }
    return attribute
  }

  private func readAttribute<Element: HDF5Element>(
    _ name: String, _ object: String, rank: Int32
  ) throws(StoreError) -> [Element] {
    let place = attributePlace(name, object)
    let attribute = try openAttribute(name, object, Element.hdf5Type, rank: rank)
    let total = Int(clamping: H5Aget_storage_size(attribute.id)) / MemoryLayout<Element>.stride
    let type = try Element.hdf5Type.make(place)
    var status: herr_t = -1
    let values = [Element](unsafeUninitializedCapacity: total) { buffer, initialized in
      status = H5Aread(attribute.id, type.id, buffer.baseAddress)
      initialized = status < 0 ? 0 : total
    }
    try HDF5Library.check(status, "read", place)
    return values
  }
}
