#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

import StrictJSON

/// The tensors of a Hugging Face model folder: one safetensors file, or several with an index.
///
/// As in the Python package transformers, `model.safetensors` is used when it exists, whatever else
/// the folder holds, and otherwise all tensors of the files that the index names.
public struct SafetensorsFolder: Sendable {
  /// The path that was opened, for messages.
  public let path: String
  /// The files, in ascending order of their names.
  public let shards: [SafetensorsFile]
  private let shardByTensor: [String: Int]

  private static let singleFileName = "model.safetensors"

  /// Opens all files of the folder at `path` and checks that they are complete; reads no numbers.
  public init(path: String) throws(CheckpointError) {
    self.path = path
    guard let kind = try Self.kind(of: path) else {
      throw .unreadable(path: path, reason: "there is no such folder; check the path")
    }
    guard kind == S_IFDIR else {
      throw .unreadable(path: path, reason: "it is not a folder; give the folder of a model")
    }
    if try Self.isFile("\(path)/\(Self.singleFileName)") {
      shards = [try SafetensorsFile(path: "\(path)/\(Self.singleFileName)")]
      shardByTensor = try Self.shardByTensor(of: shards)
    } else if try Self.isFile("\(path)/\(SafetensorsIndex.fileName)") {
      let index = try SafetensorsIndex(folder: path)
      shards = try Self.openShards(of: index, folder: path)
      shardByTensor = try Self.shardByTensor(of: shards)
      try checkComplete(index)
    } else {
      throw .unsupported(
        path: path,
        what: "the folder holds neither \(Self.singleFileName) nor \(SafetensorsIndex.fileName)",
        remedy: "give the folder of a Hugging Face model with safetensors weights")
    }
  }

  /// What the files say about their tensors, in the order of the files and of their headers.
  public var tensors: [SafetensorsTensorInfo] { shards.flatMap(\.tensors) }

  /// The names of all tensors, in the same order.
  public var tensorNames: [String] { tensors.map(\.name) }

  /// The key-value pairs of `__metadata__` that all files agree on.
  public var metadata: [String: String] {
    shards.first?.metadata.filter { pair in
      shards.allSatisfy { $0.metadata[pair.key] == pair.value }
    } ?? [:]
  }

  /// Returns what the files say about the tensor with this name, or nil when there is none.
  public func tensorInfo(named name: String) -> SafetensorsTensorInfo? {
    shardByTensor[name].flatMap { shards[$0].tensorInfo(named: name) }
  }

  /// Returns the tensor with this name; throws when it is absent or cannot be unpacked.
  public func tensor(named name: String) throws(CheckpointError) -> Tensor {
    guard let shard = shardByTensor[name] else {
      throw .missingTensor(path: path, tensor: name)
    }
    return try shards[shard].tensor(named: name)
  }
}

extension SafetensorsFolder {
  private static func openShards(
    of index: SafetensorsIndex, folder: String
  ) throws(CheckpointError) -> [SafetensorsFile] {
    let names = index.shards
    var missing: [String] = []
    for name in names where try !isFile("\(folder)/\(name)") { missing.append(name) }
    if let first = missing.first {
      throw .unsupported(
        path: folder,
        what: "the file \(quoted(first)) is missing (\(names.count - missing.count) of the "
          + "\(names.count) files that \(SafetensorsIndex.fileName) names are present)",
        remedy: "download what is missing into the folder")
    }
    var shards: [SafetensorsFile] = []
    for name in names { shards.append(try SafetensorsFile(path: "\(folder)/\(name)")) }
    return shards
  }

  private static func shardByTensor(
    of shards: [SafetensorsFile]
  ) throws(CheckpointError) -> [String: Int] {
    var shardByTensor: [String: Int] = [:]
    for (index, shard) in shards.enumerated() {
      for name in shard.tensorNames {
        guard let other = shardByTensor.updateValue(index, forKey: name) else { continue }
        throw .malformed(
          path: shard.path, place: "tensor \(quoted(name))",
          problem: "\(shards[other].path) holds a tensor of this name too")
      }
    }
    return shardByTensor
  }

  /// Checks that each tensor is in the file where the index has it.
  private func checkComplete(_ index: SafetensorsIndex) throws(CheckpointError) {
    var position: [String: Int] = [:]
    for (shard, name) in index.shards.enumerated() { position[name] = shard }
    for entry in index.entries where shardByTensor[entry.tensor] != position[entry.shard] {
      throw .malformed(
        path: index.path, place: "tensor \(quoted(entry.tensor))",
        problem: "it should be in \(quoted(entry.shard)), which does not hold it")
    }
  }

  private static func isFile(_ path: String) throws(CheckpointError) -> Bool {
    try kind(of: path) == S_IFREG
  }

  /// Returns the file type bits of what `path` leads to, or nil when there is nothing.
  private static func kind(of path: String) throws(CheckpointError) -> mode_t? {
    var status = stat()
    guard stat(path, &status) != 0 else { return status.st_mode & S_IFMT }
    guard errno == ENOENT else {
      throw .unreadable(path: path, reason: "\(String(cString: strerror(errno))); check the path")
    }
    return nil
  }
}
