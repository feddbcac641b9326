import CHDF5

/// The only owner of one HDF5 identifier; closes it when it goes out of scope.
package struct HDF5Handle: ~Copyable {
  typealias Closer = @convention(c) (hid_t) -> herr_t

  let id: hid_t
  private let closer: Closer

  init(_ id: hid_t, closing closer: @escaping Closer) {
    self.id = id
    self.closer = closer
  }

  deinit { _ = closer(id) }

  /// Closes the identifier now and returns the library's status, which `deinit` has to ignore.
  consuming func close() -> herr_t {
    let status = closer(id)
    discard self
    return status
  }
}
