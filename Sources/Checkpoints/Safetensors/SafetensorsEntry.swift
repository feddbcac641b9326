/// What the header of a safetensors file says about one tensor, before it is checked.
struct SafetensorsEntry {
  private let name: String
  private let typeName: String
  private let shape: [Int]
  /// First and last but one byte, from the start of the tensor data.
  private let offsets: [Int]

  private static let longestTypeName = 32

  /// Reads the object behind the tensor's name.
  init(_ scanner: inout JSONScanner, name: String) throws(CheckpointError) {
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.readObject { (scanner: inout JSONScanner, field) throws(CheckpointError) in
      switch field {
      case "dtype": typeName = try scanner.readString()
      case "shape": shape = try scanner.readCounts()
      case "data_offsets": offsets = try scanner.readCounts()
      default:
        // It could change what the numbers mean.
        throw .unsupported(
          path: scanner.path, what: "\(scanner.subject) has the unknown field \(quoted(field))",
          remedy: "use a newer workbench or convert the model again")
      }
    }
    guard let typeName else { throw scanner.malformed("it has no dtype") }
    guard let shape else { throw scanner.malformed("it has no shape") }
    guard let offsets else { throw scanner.malformed("it has no data_offsets") }
    self.name = name
    self.typeName = typeName
    self.shape = shape
    self.offsets = offsets
  }

  /// Checks the entry against `data`, where the file's tensor data lies.
  func located(
    in data: Range<Int>, scanner: JSONScanner
  ) throws(CheckpointError) -> SafetensorsTensorInfo {
    guard (1...Self.longestTypeName).contains(typeName.utf8.count),
      typeName.utf8.allSatisfy(Self.isTypeNameByte)
    else {
      throw scanner.malformed("\(quoted(typeName)) is not a dtype")
    }
    guard offsets.count == 2 else {
      throw scanner.malformed("data_offsets holds \(offsets.count) numbers instead of 2")
    }
    let (begin, end) = (offsets[0], offsets[1])
    guard begin <= end else {
      throw scanner.malformed("its data ends at offset \(end), before it begins at \(begin)")
    }
    guard end <= data.count else {
      throw scanner.malformed(
        "its data ends at offset \(end) but the file has only \(data.count) bytes of tensor data")
    }
    try checkSize(end - begin, scanner: scanner)
    return SafetensorsTensorInfo(
      name: name, shape: shape, typeName: typeName,
      byteRange: data.lowerBound + begin..<data.lowerBound + end)
  }

  private func checkSize(_ byteCount: Int, scanner: JSONScanner) throws(CheckpointError) {
    guard let bitsPerNumber = SafetensorsTensorInfo.bitsPerNumber(typeName: typeName) else {
      return
    }
    var bits = 1
    for factor in shape + [bitsPerNumber] {
      let (product, overflow) = bits.multipliedReportingOverflow(by: factor)
      guard !overflow else { throw scanner.malformed("its shape is impossibly large") }
      bits = product
    }
    guard bits % 8 == 0, bits / 8 == byteCount else {
      throw scanner.malformed(
        "it has \(byteCount) bytes where its shape and \(typeName) make \((bits + 7) / 8)")
    }
  }

  private static func isTypeNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
