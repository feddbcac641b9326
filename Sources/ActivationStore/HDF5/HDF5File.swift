import CHDF5
import Foundation

/// An open HDF5 file and the objects in it, addressed by absolute paths such as `/tokens/id`.
///
/// Every method must run inside `HDF5Library.locked`.
package struct HDF5File: ~Copyable {
  /// The name of the file in messages.
  package let path: String
  let handle: HDF5Handle

  /// Writes a file anew; messages call it `name`.
  package init(creating path: String, named name: String) throws(StoreError) {
    let place = HDF5Place(file: name, object: "/")
    let access = try HDF5File.accessProperties(place)
    HDF5Library.forgetFailures(in: name)
    handle = try HDF5Library.own(
      H5Fcreate(path, chdf5_truncate(), chdf5_default_properties(), access.id),
      closing: H5Fclose, "create", place)
    self.path = name
    keepFromChildProcesses(access.id)
  }

  /// Opens an existing file for reading; messages call it `name`, or by its path.
  package init(reading path: String, named name: String? = nil) throws(StoreError) {
    let place = HDF5Place(file: name ?? path, object: "/")
    let access = try HDF5File.accessProperties(place)
    handle = try HDF5Library.own(
      H5Fopen(path, chdf5_read_only(), access.id), closing: H5Fclose, "open", place)
    self.path = name ?? path
  }

  /// Whether the file at `path` begins like an HDF5 file.
  package static func isHDF5(_ path: String) -> Bool {
    H5Fis_hdf5(path) > 0
  }

  /// Lends the file out, which an optional of it cannot do by itself.
  func use<R>(_ body: (borrowing HDF5File) throws(StoreError) -> R) throws(StoreError) -> R {
    try body(self)
  }

  /// Writes what is pending; throws also where an earlier closing of a part of the file failed.
  package func flush() throws(StoreError) {
    try HDF5Library.check(H5Fflush(handle.id, H5F_SCOPE_GLOBAL), "flush", place("/"))
    try HDF5Library.expectClosed(in: path)
  }

  /// Writes what is pending and closes the file; throws as `flush()` does.
  package consuming func close() throws(StoreError) {
    let place = place("/")
    try HDF5Library.check(handle.close(), "close", place)
    try HDF5Library.expectClosed(in: place.file)
  }

  package func createGroup(_ name: String) throws(StoreError) {
    let defaults = chdf5_default_properties()
    _ = try HDF5Library.own(
      H5Gcreate2(handle.id, name, defaults, defaults, defaults), closing: H5Gclose,
      "create the group", place(name))
  }

  func place(_ object: String) -> HDF5Place {
    HDF5Place(file: path, object: object)
  }

  /// A child process that inherited the descriptor would hold the file's lock for its lifetime.
  func keepFromChildProcesses(_ access: hid_t) {
    var address: UnsafeMutableRawPointer?
    guard H5Fget_vfd_handle(handle.id, access, &address) >= 0, let address else { return }
    _ = fcntl(address.assumingMemoryBound(to: Int32.self).pointee, F_SETFD, FD_CLOEXEC)
  }

  static func accessProperties(_ place: HDF5Place) throws(StoreError) -> HDF5Handle {
    let access = try HDF5Library.own(
      H5Pcreate(chdf5_file_access_class()), closing: H5Pclose, "set up", place)
    try HDF5Library.check(
      H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG), "set up", place)
    // Finished files never change in place, and files being written have a lock of their own.
    try HDF5Library.check(H5Pset_file_locking(access.id, false, true), "set up", place)
    return access
  }
}

/// Reads the texts that the library hands out in two steps: first the length, then the bytes.
enum HDF5Text {
  static func read(
    _ operation: String, _ place: HDF5Place,
    _ body: (UnsafeMutablePointer<CChar>?, Int) -> Int
  ) throws(StoreError) -> String {
    let length = body(nil, 0)
    try HDF5Library.check(length, operation, place)
    var bytes = [CChar](repeating: 0, count: length + 1)
    let status = bytes.withUnsafeMutableBufferPointer { body($0.baseAddress, $0.count) }
    try HDF5Library.check(status, operation, place)
    return String(decoding: bytes.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// An open file that several threads may use in turn; each use takes the library's lock.
// The file is touched only inside `HDF5Library.locked`, hence `@unchecked`.
package final class SharedHDF5File: @unchecked Sendable {
  private let path: String
  private var file: HDF5File?

  /// Takes the file that `open` returns.
  package init(
    _ path: String, open: () throws(StoreError) -> HDF5File
  ) throws(StoreError) {
    self.path = path
    file = try HDF5Library.locked { () throws(StoreError) in try open() }
  }

  // Without this the file would close outside of the lock.
  deinit { HDF5Library.locked { file = nil } }

  /// Runs `body` on the file while no other thread is inside the library.
  package func use<R>(
    _ body: (borrowing HDF5File) throws(StoreError) -> R
  ) throws(StoreError) -> R {
    try HDF5Library.locked { () throws(StoreError) in
      guard let result = try file?.use(body) else { throw .alreadyFinished(path: path) }
      return result
    }
  }
}
