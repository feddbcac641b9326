import CHDF5

extension HDF5Dataset {
  /// Writes the whole of a dataset of strings, in row-major order.
  package func write(_ strings: [String]) throws(StoreError) {
    try expectCount(strings.count, shape())
    guard !strings.isEmpty else { return }
    let type = try HDF5Type.string.make(place)
    let packed = try PackedStrings(strings, place)
    let whole = chdf5_whole_space()
    let status = packed.withPointers {
      H5Dwrite(handle.id, type.id, whole, whole, chdf5_default_properties(), $0)
    }
    try HDF5Library.check(status, "write", place)
  }

  /// All strings of a one-dimensional dataset.
  package func readStrings() throws(StoreError) -> [String] {
    guard try shape().count == 1 else {
      try expectType(.string)
      throw .malformed(
        path: place.file, place: place.object, problem: "is not a list of strings")
    }
    return try readAllStrings()
  }

  /// All strings of a dataset, in row-major order.
  package func readAllStrings() throws(StoreError) -> [String] {
    try expectType(.string)
    let total = try HDF5Space.count(shape(), place)
    guard total > 0 else { return [] }
    // A string takes at least a length, an address and an index in the file: 16 bytes.
    let (bytes, overflow) = total.multipliedReportingOverflow(by: 16)
    try expectStored(overflow ? .max : bytes)
    let type = try HDF5Type.string.make(place)
    let space = try HDF5Library.own(
      H5Dget_space(handle.id), closing: H5Sclose, "read the shape of", place)
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: total)
    let whole = chdf5_whole_space()
    let status = H5Dread(
      handle.id, type.id, whole, whole, chdf5_default_properties(), &pointers)
    try HDF5Library.check(status, "read", place)
    defer {
      _ = H5Dvlen_reclaim(type.id, space.id, chdf5_default_properties(), &pointers)
    }
    return try pointers.map { pointer throws(StoreError) in
      try PackedStrings.string(pointer, place)
    }
  }
}

/// Strings as the library wants them: zero-terminated UTF-8, one after another.
struct PackedStrings {
  private var bytes: [CChar] = []
  private var starts: [Int] = []

  /// Throws for a string that contains a zero byte, because the file would hold only its head.
  init(_ strings: [String], _ place: HDF5Place) throws(StoreError) {
    for (index, string) in strings.enumerated() {
      guard !string.utf8.contains(0) else {
        throw .zeroByteInText(path: place.file, place: "\(place.object)[\(index)]")
      }
      starts.append(bytes.count)
      bytes.append(contentsOf: string.utf8.lazy.map { CChar(bitPattern: $0) })
      bytes.append(0)
    }
  }

  func withPointers<R>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> R) -> R {
    bytes.withUnsafeBufferPointer { buffer in
      let pointers = starts.map { start in buffer.baseAddress.map { $0 + start } }
      return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
  }

  /// The text behind a pointer that the library filled; no pointer stands for no characters.
  static func string(
    _ pointer: UnsafePointer<CChar>?, _ place: HDF5Place
  ) throws(StoreError) -> String {
    guard let pointer else { return "" }
    guard let string = String(validatingCString: pointer) else {
      throw .malformed(path: place.file, place: place.object, problem: "is not UTF-8")
    }
    return string
  }
}
