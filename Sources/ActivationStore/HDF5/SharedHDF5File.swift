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
