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
