import StrictJSON

/// Everything before the tensor data of a GGUF file, checked.
struct GGUFHeader {
  let version: Int
  let metadata: GGUFMetadata
  let tensors: [GGUFTensorInfo]
  let indexByName: [String: Int]

  /// Key length, one byte of key, value type, one byte of value.
  private static let leastPairSize = 8 + 1 + 4 + 1
  private static let defaultAlignment = 32

  init(_ file: OpenFile) throws(CheckpointError) {
    var cursor = ByteCursor(file, place: "the file header")
    version = try Self.readVersion(&cursor)
    let tensorCount = try cursor.readCount(
      of: "tensors", occupyingAtLeast: GGUFTensorTable.leastEntrySize)
    metadata = try Self.readMetadata(&cursor)
    let table = try GGUFTensorTable(
      &cursor, count: tensorCount, alignment: Self.alignment(metadata, path: file.path))
    tensors = table.tensors
    indexByName = table.indexByName
  }

  private static func readVersion(_ cursor: inout ByteCursor) throws(CheckpointError) -> Int {
    let magic = "GGUF".utf8
    try cursor.skip(min(magic.count, cursor.remaining))
    guard try cursor.bytes(in: 0..<cursor.offset).elementsEqual(magic) else {
      throw .unsupported(
        path: cursor.path, what: "it is not a GGUF file (it does not start with GGUF)",
        remedy: "give a .gguf file, and check that it was downloaded in full")
    }
    let version = try cursor.read(UInt32.self)
    switch version {
    case 2, 3: return Int(version)
    case 1:
      throw .unsupported(
        path: cursor.path, what: "it has GGUF version 1, which was replaced in August 2023",
        remedy: "convert the model again with a current llama.cpp")
    case let swapped where (1...255).contains(swapped.byteSwapped):
      throw .unsupported(
        path: cursor.path, what: "it is a big-endian GGUF file",
        remedy: "convert it to little-endian with gguf-convert-endian of the Python package gguf")
    default:
      throw .unsupported(
        path: cursor.path, what: "it has GGUF version \(version) but only 2 and 3 are known",
        remedy: "use a newer workbench or a file of version 3")
    }
  }

  private static func readMetadata(
    _ cursor: inout ByteCursor
  ) throws(CheckpointError) -> GGUFMetadata {
    let count = try cursor.readCount(of: "metadata pairs", occupyingAtLeast: leastPairSize)
    var metadata = GGUFMetadata(path: cursor.path)
    for index in 0..<count {
      cursor.place = "metadata pair \(index)"
      let key = try cursor.readName()
      cursor.place = "metadata key \(quoted(key))"
      let value = try cursor.readValue(key: key)
      guard metadata.add(value, for: key) else {
        throw cursor.malformed("the key occurs twice")
      }
    }
    return metadata
  }

  private static func alignment(
    _ metadata: GGUFMetadata, path: String
  ) throws(CheckpointError) -> Int {
    let key = "general.alignment"
    guard let alignment = try metadata.intIfPresent(for: key) else { return defaultAlignment }
    guard alignment > 0, alignment & (alignment - 1) == 0 else {
      throw .invalidConfig(path: path, key: key, problem: "\(alignment) is not a power of two")
    }
    return alignment
  }
}
