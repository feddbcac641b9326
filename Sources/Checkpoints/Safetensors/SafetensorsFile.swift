/// The tensors of one safetensors file.
///
/// Opening reads and checks the header only, and treats it as hostile. Format: the README of the
/// repository huggingface/safetensors.
public struct SafetensorsFile: Sendable {
  /// The path that was opened, for messages.
  public let path: String
  /// The key-value pairs of `__metadata__`, such as `format`: `pt`.
  public let metadata: [String: String]
  /// What the file says about its tensors, in the order of the header.
  public let tensors: [SafetensorsTensorInfo]
  private let indexByName: [String: Int]
  private let file: OpenFile

  /// Opens the file at `path`.
  public init(path: String) throws(CheckpointError) {
    try self.init(OpenFile(path: path))
  }

  /// Reads the header of a file that is already open.
  public init(_ file: OpenFile) throws(CheckpointError) {
    self.file = file
    path = file.path
    let header = try SafetensorsHeader(file)
    metadata = header.metadata
    tensors = header.tensors
    var indexByName: [String: Int] = [:]
    for (index, tensor) in header.tensors.enumerated() { indexByName[tensor.name] = index }
    self.indexByName = indexByName
  }

  /// The names of all tensors in the order of the header.
  public var tensorNames: [String] { tensors.map(\.name) }

  /// Returns what the file says about the tensor with this name, or nil when there is none.
  public func tensorInfo(named name: String) -> SafetensorsTensorInfo? {
    indexByName[name].map { tensors[$0] }
  }

  /// Returns the tensor with this name; throws when it is absent or cannot be unpacked.
  ///
  /// Single numbers (shape `[]`) and empty tensors are listed but cannot be used as weights.
  public func tensor(named name: String) throws(CheckpointError) -> Tensor {
    guard let info = tensorInfo(named: name) else {
      throw .missingTensor(path: path, tensor: name)
    }
    guard let type = info.type else {
      throw .unsupportedTensorType(path: path, tensor: name, type: info.typeName)
    }
    guard !info.shape.isEmpty, !info.shape.contains(0) else {
      throw .badRequest(
        path: path, tensor: name,
        problem: "it is a single number or has a dimension of size zero, so it is no weight; "
          + "convert the model again")
    }
    return Tensor(
      name: name, shape: info.shape, type: type, file: file, byteRange: info.byteRange)
  }
}
