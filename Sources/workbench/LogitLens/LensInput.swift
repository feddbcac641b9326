import ActivationStore
import Analysis
import ArgumentParser
import Foundation

/// What a file given to the logit lens is read as.
enum LensSubject: String, ExpressibleByArgument, CaseIterable {
  case vectors, states

  /// The kind of a file, by its groups; `wanted` decides where it has both.
  init(of path: String, wanted: LensSubject?) throws {
    guard Self.isHDF5(path) else {
      self = .vectors
      return
    }
    let hasVectors = try ResultFile.contains("vectors", in: path)
    guard hasVectors, wanted == nil else {
      self = wanted ?? .states
      return
    }
    self = try Self.hasStates(path) ? .states : .vectors
    if self == .states { note("\(path) has vectors too; --of vectors reads those") }
  }

  private static func hasStates(_ path: String) throws -> Bool {
    do { _ = try ActivationReader(path: path) } catch StoreError.otherFormat { return false }
    return true
  }

  private static func isHDF5(_ path: String) -> Bool {
    let signature = Data([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])
    // What is no file, such as a pipe, is refused by the reader that its name stands for.
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return VectorFile.isHDF5(path)
    }
    let file = FileHandle(forReadingAtPath: path)
    defer { try? file?.close() }
    return (try? file?.read(upToCount: signature.count)) == signature
  }
}
