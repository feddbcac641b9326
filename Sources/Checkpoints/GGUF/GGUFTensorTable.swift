import StrictJSON

/// The list of tensors in a GGUF file, with offsets made absolute and checked against the file.
struct GGUFTensorTable {
  private(set) var tensors: [GGUFTensorInfo] = []
  private(set) var indexByName: [String: Int] = [:]

  /// Name length, one byte of name, dimension count, one dimension, type, offset.
  static let leastEntrySize = 8 + 1 + 4 + 8 + 4 + 8

  private struct Entry {
    let name: String
    let shape: [Int]
    let typeCode: UInt32
    let relativeOffset: UInt64
  }

  /// Reads `count` entries; the data starts at the next multiple of `alignment` after them.
  init(_ cursor: inout ByteCursor, count: Int, alignment: Int) throws(CheckpointError) {
    var entries: [Entry] = []
    for index in 0..<count {
      cursor.place = "tensor \(index)"
      let entry = try Self.readEntry(&cursor)
      guard indexByName.updateValue(index, forKey: entry.name) == nil else {
        throw cursor.malformed("the tensor name occurs twice")
      }
      entries.append(entry)
    }
    guard !entries.isEmpty else { return }
    cursor.place = "the tensor data"
    let padding = (alignment - cursor.offset % alignment) % alignment
    try cursor.skip(padding)
    for entry in entries {
      cursor.place = "tensor \(quoted(entry.name))"
      tensors.append(try Self.locate(entry, after: cursor, alignment: alignment))
    }
    try checkOverlaps(path: cursor.path)
  }

  private static func readEntry(_ cursor: inout ByteCursor) throws(CheckpointError) -> Entry {
    let name = try cursor.readName()
    cursor.place = "tensor \(quoted(name))"
    let dimensionCount = try cursor.read(UInt32.self)
    guard (1...4).contains(dimensionCount) else {
      throw cursor.malformed("it has \(dimensionCount) dimensions instead of 1 to 4")
    }
    var shape: [Int] = []
    for _ in 0..<dimensionCount {
      let stored = try cursor.read(UInt64.self)
      guard let size = Int(exactly: stored), size > 0 else {
        throw cursor.malformed("a dimension is \(stored)")
      }
      shape.insert(size, at: 0)
    }
    return Entry(
      name: name, shape: shape, typeCode: try cursor.read(UInt32.self),
      relativeOffset: try cursor.read(UInt64.self))
  }

  /// Makes the offset absolute and checks that the data lies between the cursor and the file's end.
  private static func locate(
    _ entry: Entry, after cursor: ByteCursor, alignment: Int
  ) throws(CheckpointError) -> GGUFTensorInfo {
    let type = TensorType(ggufCode: entry.typeCode)
    let byteCount = try type.map { (type) throws(CheckpointError) in
      try size(of: entry.shape, type: type, cursor: cursor)
    }
    guard let relative = Int(exactly: entry.relativeOffset), relative % alignment == 0 else {
      throw cursor.malformed(
        "its offset \(entry.relativeOffset) is not a multiple of the alignment \(alignment)")
    }
    // A tensor of unknown size has at least one byte.
    guard relative < cursor.remaining, byteCount ?? 1 <= cursor.remaining - relative else {
      let size = byteCount.map { "\($0) bytes" } ?? "data"
      throw cursor.malformed(
        "its \(size) at offset \(relative) reach beyond the \(cursor.remaining) bytes of tensor "
          + "data in the file")
    }
    return GGUFTensorInfo(
      name: entry.name, shape: entry.shape, typeCode: entry.typeCode,
      offset: cursor.offset + relative, type: type, byteCount: byteCount)
  }

  private static func size(
    of shape: [Int], type: TensorType, cursor: ByteCursor
  ) throws(CheckpointError) -> Int {
    let columns = shape[shape.count - 1]
    guard columns % type.blockSize == 0 else {
      throw cursor.malformed(
        "its rows have \(columns) numbers, not a multiple of \(type.name)'s block size "
          + "\(type.blockSize)")
    }
    var size = columns / type.blockSize
    for factor in [type.bytesPerBlock] + shape.dropLast() {
      let (product, overflow) = size.multipliedReportingOverflow(by: factor)
      guard !overflow else { throw cursor.malformed("its shape \(shape) is impossibly large") }
      size = product
    }
    return size
  }

  private func checkOverlaps(path: String) throws(CheckpointError) {
    let ordered = tensors.sorted { $0.offset < $1.offset }
    for (tensor, next) in zip(ordered, ordered.dropFirst())
    where tensor.offset + (tensor.byteCount ?? 1) > next.offset {
      throw .malformed(
        path: path, place: "tensor \(quoted(next.name))",
        problem: "its data overlaps that of tensor \(quoted(tensor.name))")
    }
  }
}

/// What a GGUF file says about one tensor, whether or not it can be unpacked.
public struct GGUFTensorInfo: Sendable {
  /// The tensor's name.
  public let name: String
  /// The sizes in row-major order, outermost first: GGUF's `ne` reversed.
  public let shape: [Int]
  /// The storage type's number in ggml.
  public let typeCode: UInt32
  /// Where the numbers start, in bytes from the start of the file.
  public let offset: Int
  /// The storage type, or nil when numbers of this type cannot be unpacked.
  public let type: TensorType?
  /// The size in bytes, or nil for a storage type that cannot be unpacked.
  public let byteCount: Int?

  /// The storage type's name in ggml, such as `IQ4_XS`, or its number when it is not known.
  public var typeName: String {
    type?.name ?? Self.otherTypeNames[typeCode] ?? "type \(typeCode)"
  }

  /// The types in ggml that are not unpacked here.
  private static let otherTypeNames: [UInt32: String] = [
    9: "Q8_1", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL",
    21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64",
    29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4", 40: "NVFP4", 41: "Q1_0",
  ]
}
