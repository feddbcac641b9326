import StrictJSON

/// What the header of a safetensors file says about one tensor, before it is checked.
struct SafetensorsEntry {
  private let name: String
  private let typeName: String
  private let shape: [Int]
  /// First and last but one byte, from the start of the tensor data.
  private let offsets: [Int]
  /// The error for a problem with it.
  private let malformed: @Sendable (_ problem: String) -> CheckpointError

  private static let longestTypeName = 32

  /// Reads what the header has under the tensor's name.
  init(_ value: JSONValue, name: String, path: String) throws(CheckpointError) {
    let subject = "tensor \(quoted(name))"
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    for (field, value) in try value.namedMembers(subject: subject, path: path) {
      switch field {
      case "dtype": typeName = try value.text(ofMember: field, subject: subject, path: path)
      case "shape": shape = try value.counts(ofMember: field, subject: subject, path: path)
      case "data_offsets":
        offsets = try value.counts(ofMember: field, subject: subject, path: path)
      default:
        // It could change what the numbers mean.
        throw .unsupported(
          path: path, what: "\(subject) has the unknown field \(quoted(field))",
          remedy: "use a newer workbench or convert the model again")
      }
    }
    func missing(_ field: String) -> CheckpointError {
      value.malformed("it has no \(field)", subject: subject, path: path)
    }
    guard let typeName else { throw missing("dtype") }
    guard let shape else { throw missing("shape") }
    guard let offsets else { throw missing("data_offsets") }
    self.name = name
    self.typeName = typeName
    self.shape = shape
    self.offsets = offsets
    malformed = { value.malformed($0, subject: subject, path: path) }
  }

  /// Checks the entry against `data`, where the file's tensor data lies.
  func located(in data: Range<Int>) throws(CheckpointError) -> SafetensorsTensorInfo {
    guard (1...Self.longestTypeName).contains(typeName.utf8.count),
      typeName.utf8.allSatisfy(Self.isTypeNameByte)
    else {
      throw malformed("\(quoted(typeName)) is not a dtype")
    }
    guard offsets.count == 2 else {
      throw malformed("data_offsets holds \(offsets.count) numbers instead of 2")
    }
    let (begin, end) = (offsets[0], offsets[1])
    guard begin <= end else {
      throw malformed("its data ends at offset \(end), before it begins at \(begin)")
    }
    guard end <= data.count else {
      throw malformed(
        "its data ends at offset \(end) but the file has only \(data.count) bytes of tensor data")
    }
    try checkSize(end - begin)
    return SafetensorsTensorInfo(
      name: name, shape: shape, typeName: typeName,
      byteRange: data.lowerBound + begin..<data.lowerBound + end)
  }

  private func checkSize(_ byteCount: Int) throws(CheckpointError) {
    guard let bitsPerNumber = SafetensorsTensorInfo.bitsPerNumber(typeName: typeName) else {
      return
    }
    var bits = 1
    for factor in shape + [bitsPerNumber] {
      let (product, overflow) = bits.multipliedReportingOverflow(by: factor)
      guard !overflow else { throw malformed("its shape is impossibly large") }
      bits = product
    }
    guard bits % 8 == 0, bits / 8 == byteCount else {
      throw malformed(
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

extension JSONValue {
  /// The whole numbers of an array, none of them negative; throws where it holds others.
  fileprivate func counts(
    ofMember name: String, subject: String, path: String
  ) throws(CheckpointError) -> [Int] {
    guard let elements else {
      throw malformed(
        "\(quoted(name)) is \(summary) instead of an array", subject: subject, path: path)
    }
    var counts: [Int] = []
    for element in elements {
      guard let number = element.number, !number.hasPrefix("-"), let count = Int(number) else {
        throw element.malformed(
          "\(quoted(element.number ?? element.summary)) is not a whole number from 0 to \(Int.max)",
          subject: subject, path: path)
      }
      counts.append(count)
    }
    return counts
  }
}
