import StrictJSON

/// The files of one GGUF model: a single file, or all parts of a split one.
///
/// llama.cpp's `gguf-split` names the parts `NAME-00001-of-00003.gguf` and writes `split.no`, counted
/// from 0, and `split.count` into each; the first has all the other metadata, and may have no tensors.
public struct GGUFFiles: Sendable {
  /// In order; the first has the metadata.
  public let parts: [GGUFFile]
  private let partByTensor: [String: Int]

  /// Opens the model that the file at `path` is, or is a part of.
  public init(path: String) throws(CheckpointError) {
    let file = try GGUFFile(path: path)
    let count = try file.metadata.intIfPresent(for: Self.countKey) ?? 1
    guard count != 1 else {
      try self.init([file])
      return
    }
    let name = try Self.name(of: file, count: count)
    var parts: [GGUFFile] = []
    for number in 1...count {
      let partPath = name.path(ofPart: number)
      let part = partPath == path ? file : try Self.open(partPath, of: count, given: path)
      try Self.check(part, number: number, of: count)
      parts.append(part)
    }
    try self.init(parts)
  }

  /// A model in one open file.
  public init(_ file: GGUFFile) throws(CheckpointError) {
    try self.init([file])
  }

  private init(_ parts: [GGUFFile]) throws(CheckpointError) {
    self.parts = parts
    var partByTensor: [String: Int] = [:]
    for (index, part) in parts.enumerated() {
      for tensor in part.tensors {
        guard let other = partByTensor.updateValue(index, forKey: tensor.name) else { continue }
        throw .malformed(
          path: part.path, place: "tensor \(quoted(tensor.name))",
          problem: "\(parts[other].path) holds a tensor of this name too")
      }
    }
    self.partByTensor = partByTensor
  }

  public var metadata: GGUFMetadata { parts[0].metadata }
  public var version: Int { parts[0].version }
  /// What the files say about their tensors, in the order of the parts.
  public var tensors: [GGUFTensorInfo] { parts.flatMap(\.tensors) }

  private static let countKey = "split.count"
  private static let numberKey = "split.no"
  /// llama.cpp counts parts in 16 bits.
  private static let mostParts = Int(UInt16.max)

  private static func name(
    of file: GGUFFile, count: Int
  ) throws(CheckpointError) -> GGUFPartName {
    guard (2...mostParts).contains(count) else {
      throw .invalidConfig(path: file.path, key: countKey, problem: "\(count) is no count of parts")
    }
    let number = try file.metadata.int(for: numberKey) + 1
    let name = GGUFPartName(path: file.path)
    guard let name, name.count == count, name.path(ofPart: number) == file.path else {
      throw .unsupported(
        path: file.path,
        what:
          "it is part \(number) of a GGUF model in \(count) files, of which the others are found "
          + "by their names only",
        remedy:
          "name the files as llama.cpp does: NAME-00001-of-\(GGUFPartName.digits(count)).gguf "
          + "and so on")
    }
    return name
  }

  private static func open(
    _ path: String, of count: Int, given: String
  ) throws(CheckpointError) -> GGUFFile {
    do throws(CheckpointError) { return try GGUFFile(path: path) } catch {
      guard case .unreadable(_, let reason) = error else { throw error }
      throw .unsupported(
        path: given,
        what: "\(path) is one of the \(count) files of this model and cannot be read "
          + "(\(reason))",
        remedy: "put all \(count) files into one folder")
    }
  }

  private static func check(
    _ part: GGUFFile, number: Int, of count: Int
  ) throws(CheckpointError) {
    let stated = try part.metadata.intIfPresent(for: numberKey).map { $0 + 1 }
    guard stated == number, try part.metadata.intIfPresent(for: countKey) == count else {
      throw .unsupported(
        path: part.path,
        what: "it should be part \(number) of \(count) by its name, and does not say so inside",
        remedy: "download the files of the model again")
    }
  }
}

extension GGUFFiles: TensorSource {
  public var path: String { parts[0].path }

  public var tensorNames: [String] { tensors.map(\.name) }

  func shape(ofTensor name: String) -> [Int]? {
    partByTensor[name].flatMap { parts[$0].shape(ofTensor: name) }
  }

  /// Returns the tensor with this name; throws when it is absent or cannot be unpacked.
  public func tensor(named name: String) throws(CheckpointError) -> Tensor {
    guard let part = partByTensor[name] else { throw .missingTensor(path: path, tensor: name) }
    return try parts[part].tensor(named: name)
  }
}
