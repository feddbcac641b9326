import Checkpoints
import Testing

@Suite struct GGUFHostileTests {
  private func refusal(
    _ builder: GGUFBuilder, sourceLocation: SourceLocation = #_sourceLocation
  ) -> String {
    message(sourceLocation: sourceLocation) { () throws(CheckpointError) in
      try openGGUF(builder.build())
    }
  }

  /// A file with one float32 tensor `t` of 8 numbers that `change` has spoilt.
  private func spoilt(_ change: (inout GGUFBuilder) -> Void) -> GGUFBuilder {
    var builder = GGUFBuilder()
    builder.addTensor("t", ne: [8], filledWith: 1)
    change(&builder)
    return builder
  }

  @Test func `files of other formats and versions are refused with the remedy`() {
    #expect(refusal(spoilt { $0.magic = Array("ggjt".utf8) }).contains("not a GGUF file"))
    #expect(refusal(spoilt { $0.version = 1 }).contains("convert the model again with a current"))
    #expect(refusal(spoilt { $0.version = 4 }).contains("only 2 and 3 are known"))
    #expect(refusal(spoilt { $0.version = 0 }).contains("GGUF version 0"))
    #expect(
      refusal(spoilt { $0.version = UInt32(3).byteSwapped }).contains("gguf-convert-endian"))
  }

  @Test(arguments: ["tiny-llama.gguf", "metadata-types.gguf"])
  func `a file that ends anywhere in its header is refused`(name: String) throws {
    let bytes = try Fixture.bytes(name)
    // Without tensors the file ends in padding to a multiple of 32 bytes, which may be absent.
    let headerEnd = try openGGUF(bytes).tensors.first?.offset ?? bytes.count - 31
    for length in 1..<headerEnd {
      #expect(throws: CheckpointError.self, "cut after \(length) bytes") {
        try openGGUF(Array(bytes[..<length]))
      }
    }
  }

  @Test func `a file that ends in its tensor data is refused and names the tensor`() throws {
    let bytes = try Fixture.bytes("tiny-llama.gguf")
    let last = try #require(openGGUF(bytes).tensors.last)
    let end = last.offset + (last.byteCount ?? 0)
    let text = message { () throws(CheckpointError) in try openGGUF(Array(bytes[..<(end - 1)])) }
    #expect(text.contains("test.gguf is damaged at tensor \"\(last.name)\""))
  }

  @Test(arguments: [1000, 1 << 32, UInt64(Int.max), .max])
  func `counts that the file cannot hold are refused before anything is allocated`(count: UInt64) {
    #expect(refusal(spoilt { $0.statedTensorCount = count }).contains("announces \(count) tensors"))
    #expect(
      refusal(spoilt { $0.statedPairCount = count }).contains("announces \(count) metadata pairs"))
    for type in UInt32(0)...12 {
      let array = spoilt { $0.add("k", arrayOf: type, count: count, body: []) }
      #expect(refusal(array).contains("metadata key \"k\": it announces \(count)"))
    }
    let text = spoilt { $0.add("k", type: 8, value: GGUFBuilder.bytes(count)) }
    #expect(refusal(text).contains("announces \(count) bytes of text"))
  }

  @Test func `value types and booleans that do not exist are refused`() {
    #expect(
      refusal(spoilt { $0.add("k", type: 13, value: [0]) })
        .contains("13 is not the number of a value type"))
    #expect(
      refusal(spoilt { $0.add("k", arrayOf: 99, count: 1, body: [0]) }).contains("99 is not"))
    #expect(refusal(spoilt { $0.add("k", type: 7, value: [2]) }).contains("a boolean is 2"))
  }

  @Test func `arrays may be nested eight levels deep and no deeper`() throws {
    func nested(_ depth: Int) -> GGUFBuilder {
      spoilt { builder in
        let level = GGUFBuilder.bytes(UInt32(9)) + GGUFBuilder.bytes(UInt64(1))
        let levels = [[UInt8]](repeating: level, count: depth - 1).flatMap { $0 }
        let innermost = GGUFBuilder.bytes(UInt32(0)) + GGUFBuilder.bytes(UInt64(1)) + [7]
        builder.add("k", type: 9, value: levels + innermost)
      }
    }
    var array = try openGGUF(nested(8).build()).metadata.array(for: "k")
    for _ in 1..<8 { array = try #require(array.arrays().first) }
    try #expect(array.ints() == [7])
    #expect(refusal(nested(9)).contains("nested deeper than 8 levels"))
    #expect(refusal(nested(100_000)).contains("nested deeper than 8 levels"))
  }

  @Test func `keys and names must be unique, non-empty UTF-8 of bounded length`() {
    let twice = spoilt {
      $0.add("k", 1)
      $0.add("k", 2)
    }
    #expect(refusal(twice).contains("metadata key \"k\": the key occurs twice"))
    #expect(refusal(spoilt { $0.add("", 1) }).contains("the name is empty"))
    let latin = spoilt { $0.add(rawKey: [0xe9, 0x41], type: 7, value: [1]) }
    #expect(refusal(latin).contains("metadata pair 0: the name is not UTF-8"))
    let long = spoilt { $0.add(String(repeating: "k", count: 70_000), 1) }
    #expect(refusal(long).contains("the name has 70000 bytes, more than 65535"))
    let tensors = spoilt { $0.addTensor("t", ne: [8], filledWith: 2) }
    #expect(refusal(tensors).contains("tensor \"t\": the tensor name occurs twice"))
  }

  @Test func `impossible shapes are refused`() {
    #expect(refusal(spoilt { $0.tensors[0].ne = [] }).contains("0 dimensions instead of 1 to 4"))
    #expect(refusal(spoilt { $0.tensors[0].ne = [1, 1, 1, 1, 1] }).contains("5 dimensions"))
    #expect(refusal(spoilt { $0.tensors[0].ne = [8, 0] }).contains("a dimension is 0"))
    #expect(refusal(spoilt { $0.tensors[0].ne = [.max] }).contains("a dimension is 1844"))
    let huge = spoilt { $0.tensors[0].ne = [1 << 40, 1 << 40] }
    #expect(refusal(huge).contains("is impossibly large"))
    let odd = spoilt { $0.tensors[0].type = 3 }
    #expect(refusal(odd).contains("rows have 8 numbers, not a multiple of Q4_1's block size 32"))
  }

  @Test func `data outside the file, misaligned or overlapping is refused`() {
    #expect(
      refusal(spoilt { $0.tensors[0].ne = [9] })
        .contains("its 36 bytes at offset 0 reach beyond the 32 bytes of tensor data"))
    #expect(refusal(spoilt { $0.tensors[0].offset = 1 << 62 }).contains("reach beyond"))
    #expect(refusal(spoilt { $0.tensors[0].offset = 4 }).contains("not a multiple of the alignme"))
    #expect(refusal(spoilt { $0.tensors[0].offset = .max - 31 }).contains("is not a multiple"))
    let overlap = spoilt { builder in
      builder.addTensor("u", ne: [16], filledWith: 2)
      builder.tensors[1].offset = 0
    }
    #expect(refusal(overlap).contains("overlaps that of tensor"))
  }

  @Test func `the alignment is honoured and must be a power of two`() throws {
    for alignment in [1, 8, 64, 4096] {
      var builder = GGUFBuilder()
      builder.alignment = alignment
      builder.add("general.alignment", alignment)
      builder.addTensor("a", ne: [3], filledWith: 1)
      builder.addTensor("b", ne: [3], filledWith: 2)
      let file = try openGGUF(builder.build())
      try #expect(file.tensor(named: "b").unpacked() == [2, 2, 2])
      #expect(file.tensors.allSatisfy { $0.offset % alignment == 0 })
    }
    for alignment in [0, 3, 48] {
      let builder = spoilt { $0.add("general.alignment", alignment) }
      #expect(refusal(builder).contains("\(alignment) is not a power of two"))
    }
    #expect(refusal(spoilt { $0.add("general.alignment", 1 << 31) }).contains("the tensor data"))
    #expect(refusal(spoilt { $0.add("general.alignment", "8") }).contains("should be an integer"))
  }

  @Test func `a tensor of a type that cannot be unpacked is listed and refused only when used`()
    throws
  {
    let builder = spoilt { builder in
      builder.addTensor("iq", ne: [256], type: 17, data: [UInt8](repeating: 0, count: 74))
      builder.addTensor("new", ne: [7], type: 1234, data: [1])
    }
    let file = try openGGUF(builder.build())
    try #expect(file.tensor(named: "t").unpacked().count == 8)
    #expect(file.tensors.map(\.typeName) == ["F32", "IQ2_XS", "type 1234"])
    #expect(file.tensorInfo(named: "iq")?.shape == [256])
    let known = message { () throws(CheckpointError) in try file.tensor(named: "iq") }
    #expect(known.contains("test.gguf: tensor \"iq\" is stored as IQ2_XS, which cannot"))
    let unknown = message { () throws(CheckpointError) in try file.tensor(named: "new") }
    #expect(unknown.contains("tensor \"new\" is stored as type 1234"))
  }

  @Test func `a message shows a hostile name escaped and cut`() {
    let name = String(repeating: "\u{1b}[31m", count: 50)
    let builder = spoilt {
      $0.tensors[0].name = name; $0.tensors[0].ne = [0]
    }
    let text = refusal(builder)
    #expect(!text.contains("\u{1b}"))
    #expect(text.utf8.count < 800)
  }
}
