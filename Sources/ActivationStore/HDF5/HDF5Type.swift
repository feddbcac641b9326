import CHDF5
import Numerics

/// The value types that the store writes, always little-endian in the file.
package enum HDF5Type: String, CaseIterable, Sendable {
  case float16, float32, float64, int8, int32, int64, uint8, uint64
  /// A UTF-8 string of variable length.
  case string

  /// A new HDF5 datatype, the same in memory and in the file.
  ///
  /// Using one type on both sides keeps the library from converting (and silently clamping).
  func make(_ place: HDF5Place) throws(StoreError) -> HDF5Handle {
    let type = try HDF5Library.own(
      H5Tcopy(base), closing: H5Tclose, "make a datatype for", place)
    switch self {
    case .float16: try HDF5Type.narrowToHalf(type.id, place)
    case .string: try HDF5Type.setVariableUTF8(type.id, place)
    default: break
    }
    return type
  }

  private var base: hid_t {
    switch self {
    case .float16, .float32: chdf5_type_float32()
    case .float64: chdf5_type_float64()
    case .int8: chdf5_type_int8()
    case .int32: chdf5_type_int32()
    case .int64: chdf5_type_int64()
    case .uint8: chdf5_type_uint8()
    case .uint64: chdf5_type_uint64()
    case .string: chdf5_type_c_string()
    }
  }

  /// IEEE 754 binary16: sign bit 15, 5 exponent bits at 10 with bias 15, 10 mantissa bits at 0.
  private static func narrowToHalf(_ id: hid_t, _ place: HDF5Place) throws(StoreError) {
    // The fields must fit before the size may shrink.
    try HDF5Library.check(H5Tset_fields(id, 15, 10, 5, 0, 10), "make float16 for", place)
    try HDF5Library.check(H5Tset_size(id, 2), "make float16 for", place)
    try HDF5Library.check(H5Tset_ebias(id, 15), "make float16 for", place)
  }

  private static func setVariableUTF8(_ id: hid_t, _ place: HDF5Place) throws(StoreError) {
    try HDF5Library.check(
      H5Tset_size(id, chdf5_variable_size()), "make a string type for", place)
    try HDF5Library.check(H5Tset_cset(id, H5T_CSET_UTF8), "make a string type for", place)
  }
}

/// A Swift value with the same bits in memory as its `HDF5Type` has in the file.
package protocol HDF5Element: BitwiseCopyable, Sendable {
  static var hdf5Type: HDF5Type { get }
}

extension Float: HDF5Element { package static var hdf5Type: HDF5Type { .float32 } }
extension Double: HDF5Element { package static var hdf5Type: HDF5Type { .float64 } }
extension Int8: HDF5Element { package static var hdf5Type: HDF5Type { .int8 } }
extension Int32: HDF5Element { package static var hdf5Type: HDF5Type { .int32 } }
extension Int64: HDF5Element { package static var hdf5Type: HDF5Type { .int64 } }
extension UInt8: HDF5Element { package static var hdf5Type: HDF5Type { .uint8 } }
extension UInt64: HDF5Element { package static var hdf5Type: HDF5Type { .uint64 } }
extension HalfFloat: HDF5Element { package static var hdf5Type: HDF5Type { .float16 } }
