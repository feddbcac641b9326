import StrictJSON

/// A checkpoint that cannot be opened, read or understood.
///
/// Every description is one sentence that names the file, the place inside it, and what to do.
public enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case unreadable(path: String, reason: String)
  /// The file cannot be written; nothing was left under its name.
  case unwritable(path: String, reason: String)
  /// Another process wrote to the file between its opening and its use.
  case changed(path: String, place: String, change: String)
  /// The bytes break the rules of the file format.
  case malformed(path: String, place: String, problem: String)
  /// The file is valid, but this library does not read such files.
  case unsupported(path: String, what: String, remedy: String)
  /// A required metadata key is absent.
  case missingKey(path: String, key: String, expected: String)
  /// A metadata value has another type than the one asked for.
  case wrongType(path: String, key: String, expected: String, found: String)
  /// Metadata values contradict each other or the tensors.
  case invalidConfig(path: String, key: String, problem: String)
  /// No tensor has this name.
  case missingTensor(path: String, tensor: String)
  /// The tensor's storage type cannot be unpacked.
  case unsupportedTensorType(path: String, tensor: String, type: String)
  /// The tensor's shape, `[rows, columns]`, is not the one that the configuration implies.
  case wrongShape(path: String, tensor: String, expected: [Int], found: [Int])
  /// The caller asked for rows that do not exist, or gave a buffer of the wrong size.
  case badRequest(path: String, tensor: String, problem: String)
  /// The caller asked for the stored rows of a weight that is computed from what files store.
  case noStoredRows(outputs: Int, inputs: Int)

  /// One sentence: the file, the place, the problem and the remedy.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      return "cannot read \(path): \(reason)"
    case .unwritable(let path, let reason):
      return "cannot write \(path): \(reason)"
    case .changed(let path, let place, let change):
      return "cannot go on reading \(path) at \(place): \(change); "
        + "copy or download the file again and run the command again"
    case .malformed(let path, let place, let problem):
      return "\(path) is damaged at \(place): \(problem); download or convert the file again"
    case .unsupported(let path, let what, let remedy):
      return "\(path) cannot be used: \(what); \(remedy)"
    case .missingKey(let path, let key, let expected):
      return "\(path) has no key \(quoted(key)) (expected \(expected)); " + Self.renewal(of: path)
    case .wrongType(let path, let key, let expected, let found):
      return "\(path): key \(quoted(key)) should be \(expected) but is \(found); "
        + Self.renewal(of: path)
    case .invalidConfig(let path, let key, let problem):
      return "\(path): \(quoted(key)) is not usable: \(problem); "
        + "correct the value or convert the model again"
    case .missingTensor(let path, let tensor):
      return "\(path) has no tensor \(quoted(tensor)); "
        + "check that the file is complete and of a supported architecture"
    case .unsupportedTensorType(let path, let tensor, let type):
      return "\(path): tensor \(quoted(tensor)) is stored as \(type), which cannot be unpacked; "
        + "use a file quantised to one of "
        + TensorType.allCases.map(\.name).joined(separator: ", ")
    case .wrongShape(let path, let tensor, let expected, let found):
      return "\(path): tensor \(quoted(tensor)) has shape \(found) "
        + "where the configuration needs \(expected); convert the model again"
    case .badRequest(let path, let tensor, let problem):
      return "\(path): cannot unpack tensor \(quoted(tensor)): \(problem)"
    case .noStoredRows(let outputs, let inputs):
      return "the rows of a weight of \(outputs) outputs and \(inputs) inputs are no rows of a "
        + "file; unpack them instead"
    }
  }

  /// How to get a better copy of a file with hyperparameters.
  private static func renewal(of path: String) -> String {
    path.hasSuffix(".json")
      ? "download the model again" : "convert the model again with a current converter"
  }
}
