import Foundation
import Synchronization

/// A stream that the process prints to, which may be closed or full without ending the process.
///
/// Every text that the workbench prints goes through here.
enum OutputStream: Sendable {
  /// stdout: what a command was asked for. That it cannot be written is an error at the end.
  case results
  /// stderr: everything else. Where it cannot be written, nobody is there to be told.
  case notes

  private static let isTerminal = isatty(STDOUT_FILENO) == 1
  /// Results that are not written yet.
  private static let buffer = Mutex(Buffer())
  private static let bufferSize = 1 << 16

  /// Makes the streams fit to be written, before any other file is opened.
  ///
  /// A stream that is closed would be the next file that is opened, and would be printed into.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(descriptor, F_GETFD) == -1 {
      // Writing to a descriptor for reading fails as writing to a closed one does.
      _ = open("/dev/null", O_RDONLY)
    }
  }

  /// Writes the text as it is.
  func write(_ text: String) {
    switch self {
    case .results:
      Self.buffer.withLock { buffer in
        buffer.waiting += text.utf8
        if Self.isTerminal || buffer.waiting.count >= Self.bufferSize { buffer.flush() }
      }
    case .notes:
      Self.buffer.withLock { if Self.isTerminal { $0.flush() } }
      _ = Self.put(Array(text.utf8), to: STDERR_FILENO)
    }
  }

  /// Writes what is waiting; throws if any result did not arrive.
  static func finish() throws(OutputFailure) {
    let error = buffer.withLock { buffer in
      buffer.flush()
      return buffer.error
    }
    guard let error else { return }
    if error == EPIPE {
      // A reader such as `head` has seen enough: the quiet end that every program has.
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    throw OutputFailure(reason: String(cString: strerror(error)))
  }

  private struct Buffer {
    var waiting: [UInt8] = []
    var error: Int32?

    mutating func flush() {
      if error == nil { error = OutputStream.put(waiting, to: STDOUT_FILENO) }
      waiting.removeAll(keepingCapacity: true)
    }
  }

  /// Writes bytes; returns why not all of them could be.
  private static func put(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Foundation.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count >= 0 {
          rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
          var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          guard poll(&ready, 1, -1) > 0 || errno == EINTR else { return errno }
        } else if errno != EINTR {
          return errno
        }
      }
      return nil
    }
  }
}

/// Results could not be written to stdout.
struct OutputFailure: Error, CustomStringConvertible {
  let reason: String

  var description: String {
    "the results could not be written to standard output (\(reason)); "
      + "give it an open file on a disk with space"
  }
}

/// Prints a line, or several, of results.
func printLine(_ text: String = "") {
  OutputStream.results.write(onTerminal(text) + "\n")
}

/// Writes a line to stderr.
func note(_ text: String) {
  OutputStream.notes.write(onTerminal(text) + "\n")
}
