import CHDF5
import Foundation

/// The HDF5 library as one shared resource: its lock and its error stack.
///
/// Distributions build libhdf5 without thread safety, so every public entry of this module takes
/// the one lock. The lock is not recursive: nothing below a public entry takes it again.
package enum HDF5Library {
  private static let lock = NSLock()

  /// Asks the library, before its first use, to leave the end of the process alone.
  ///
  /// Its clean-up at exit visits datasets whose closing failed on a full disk, and crashes there.
  /// Every file is closed by its owner, so there is nothing for it to do.
  private static let noCleanUpAtExit: Void = { _ = H5dont_atexit() }()

  /// Runs `body` while no other thread is inside the library.
  package static func locked<T: ~Copyable, E: Error>(
    _ body: () throws(E) -> T
  ) throws(E) -> T {
    lock.lock()
    defer { lock.unlock() }
    noCleanUpAtExit
    // The library would otherwise print its error stack on stderr by itself.
    H5Eset_auto2(chdf5_current_errors(), nil, nil)
    return try body()
  }

  /// Turns a negative status into an error that carries the library's deepest reason.
  static func check(
    _ status: some SignedInteger, _ operation: String, _ place: HDF5Place
  ) throws(StoreError) {
    guard status < 0 else { return }
    throw error(operation, place)
  }

  /// Takes ownership of a new identifier, or throws if the library returned none.
  static func own(
    _ id: hid_t, closing close: @escaping HDF5Handle.Closer, _ operation: String,
    _ place: HDF5Place
  ) throws(StoreError) -> HDF5Handle {
    try check(id, operation, place)
    return HDF5Handle(id, closing: close, of: place)
  }

  static func error(_ operation: String, _ place: HDF5Place) -> StoreError {
    let reason = deepestReason()
    switch systemError(in: reason) {
    case ENOSPC, EDQUOT:
      return .diskFull(path: place.file)
    case let number?:
      return .library(
        operation: operation, path: place.file, object: place.object,
        reason: String(cString: strerror(number)))
    case nil:
      return .library(
        operation: operation, path: place.file, object: place.object, reason: reason)
    }
  }

  /// The description of the innermost entry of the library's error stack.
  private static func deepestReason() -> String {
    var reason = "the library gave no reason"
    withUnsafeMutablePointer(to: &reason) { pointer in
      _ = H5Ewalk2(
        chdf5_current_errors(), H5E_WALK_UPWARD,
        { depth, entry, context in
          guard depth == 0, let text = entry?.pointee.desc, let context else { return 0 }
          context.assumingMemoryBound(to: String.self).pointee = String(cString: text)
          return 0
        }, pointer)
    }
    return reason
  }

  /// The `errno` value that the library writes into the text of a failed system call.
  private static func systemError(in reason: String) -> Int32? {
    guard let marker = reason.range(of: "errno = ") else { return nil }
    return Int32(reason[marker.upperBound...].prefix { $0.isNumber })
  }
}

/// Where an operation took place: the file and, inside it, the dataset, group or attribute.
package struct HDF5Place: Sendable {
  let file: String
  let object: String
}

/// Closings that failed, which the owners of identifiers cannot throw.
///
/// HDF5 writes small data sets when they are closed, so a full disk may show there first.
extension HDF5Library {
  /// The first failure in each file that is being written, by the file's name in messages.
  // Touched only under the library's lock.
  nonisolated(unsafe) private static var failures: [String: StoreError] = [:]

  /// Closes an identifier and remembers a failure.
  fileprivate static func close(_ id: hid_t, _ closer: HDF5Handle.Closer, _ place: HDF5Place) {
    guard closer(id) < 0, failures[place.file] == nil else { return }
    failures[place.file] = error("close", place)
  }

  /// Begins a new file of this name.
  static func forgetFailures(in file: String) { failures[file] = nil }

  /// Throws the first failure in a file.
  static func expectClosed(in file: String) throws(StoreError) {
    if let failure = failures.removeValue(forKey: file) { throw failure }
  }
}

/// The only owner of one HDF5 identifier; closes it when it goes out of scope.
package struct HDF5Handle: ~Copyable {
  typealias Closer = @convention(c) (hid_t) -> herr_t

  let id: hid_t
  private let closer: Closer
  private let place: HDF5Place
  private var isOpen = true

  init(_ id: hid_t, closing closer: @escaping Closer, of place: HDF5Place) {
    self.id = id
    self.closer = closer
    self.place = place
  }

  deinit {
    if isOpen { HDF5Library.close(id, closer, place) }
  }

  /// Closes the identifier now and returns the library's status, which `deinit` only remembers.
  consuming func close() -> herr_t {
    isOpen = false
    return closer(id)
  }
}
