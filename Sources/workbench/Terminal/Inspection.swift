import ActivationStore
import Foundation

/// The program as its own child, which reads an HDF5 file before the program does.
enum Inspection {
  /// The first argument of the child; no command of users.
  private static let argument = "--inspect-hdf5-file"

  /// The file to read, in the child.
  static var path: String? {
    let arguments = CommandLine.arguments
    return arguments.count == 3 && arguments[1] == argument ? arguments[2] : nil
  }

  /// Reads the file, which ends the child early if the file is damaged enough.
  static func read(_ path: String) -> Never {
    exit(FileInspection.read(path) ? EXIT_SUCCESS : EXIT_FAILURE)
  }

  /// Has files read by a child first.
  static func prepare() {
    #if os(Linux)
      FileInspection.use(["/proc/self/exe", argument])
    #else
      if let program = Bundle.main.executablePath { FileInspection.use([program, argument]) }
    #endif
  }
}
