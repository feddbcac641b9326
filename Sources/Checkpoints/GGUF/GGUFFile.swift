/// A model in the GGUF format of llama.cpp, version 2 or 3, little-endian.
///
/// Opening reads and checks the header only. The file's content is treated as hostile: every count,
/// length and offset is checked before it is used. Format: `docs/gguf.md` in the ggml repository.
public struct GGUFFile: Sendable {
  /// The path that was opened, for messages.
  public let path: String
  /// The version of the format, 2 or 3.
  public let version: Int
  /// The key-value pairs.
  public let metadata: GGUFMetadata
  /// What the file says about its tensors, in the order of the file.
  public let tensors: [GGUFTensorInfo]
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
    let header = try GGUFHeader(file)
    version = header.version
    metadata = header.metadata
    tensors = header.tensors
    indexByName = header.indexByName
  }

  /// Returns what the file says about the tensor with this name, or nil when there is none.
  public func tensorInfo(named name: String) -> GGUFTensorInfo? {
    indexByName[name].map { tensors[$0] }
  }
}

extension GGUFFile: TensorSource {
  /// The names of all tensors in the order of the file.
  public var tensorNames: [String] { tensors.map(\.name) }

  func shape(ofTensor name: String) -> [Int]? { tensorInfo(named: name)?.shape }

  /// Returns the tensor with this name; throws when it is absent or cannot be unpacked.
  public func tensor(named name: String) throws(CheckpointError) -> Tensor {
    guard let info = tensorInfo(named: name) else {
      throw .missingTensor(path: path, tensor: name)
    }
    guard let type = info.type, let byteCount = info.byteCount else {
      throw .unsupportedTensorType(path: path, tensor: name, type: info.typeName)
    }
    return Tensor(
      name: name, shape: info.shape, type: type, file: file,
      byteRange: info.offset..<info.offset + byteCount)
  }
}
