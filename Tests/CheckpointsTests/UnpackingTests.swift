import Checkpoints
import Testing

@Suite struct UnpackingTests {
  static let fixtureTensors = [
    "f16", "bf16", "q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "q2_k", "q3_k", "q4_k", "q5_k", "q6_k",
    "q4_0.quantized", "q4_1.quantized", "q5_0.quantized", "q5_1.quantized", "q8_0.quantized",
    "iq4_nl", "iq4_xs",
  ]

  @Test(arguments: fixtureTensors)
  func `unpacked numbers equal those of the gguf package bit for bit`(name: String) throws {
    let file = try Fixture.open("tensor-types.gguf")
    let tensor = try file.tensor(named: name)
    let expected = try file.tensor(named: "\(name).expected")
    #expect(expected.type == .f32)
    #expect(tensor.shape == expected.shape)
    #expect(tensor.type.name.lowercased() == name.prefix { $0 != "." })
    try #expect(tensor.unpacked().bitPatterns == expected.unpacked().bitPatterns)
  }

  @Test func `the fixture holds every type`() throws {
    let types = try Fixture.open("tensor-types.gguf").tensors.compactMap(\.type)
    #expect(Set(types) == Set(TensorType.allCases))
  }

  @Test(arguments: fixtureTensors)
  func `a range of rows equals the same rows of the whole`(name: String) throws {
    let tensor = try Fixture.open("tensor-types.gguf").tensor(named: name)
    let all = try tensor.unpacked()
    for row in 0..<tensor.rows {
      var some = [Float](repeating: .nan, count: (tensor.rows - row) * tensor.columns)
      try some.withUnsafeMutableBufferPointer { try tensor.unpackRows(row..<tensor.rows, into: $0) }
      #expect(some.bitPatterns == Array(all[(row * tensor.columns)...]).bitPatterns)
    }
  }

  @Test func `float32 bits pass through unchanged at an odd address`() throws {
    let bits: [UInt32] = [0x3fc0_0000, 0x8000_0000, 0x7f80_0001, 0xff80_0000, 0x0000_0001]
    var builder = GGUFBuilder()
    builder.alignment = 1
    builder.add("general.alignment", 1)
    builder.addTensor("pad", ne: [1], type: 0, data: GGUFBuilder.bytes(UInt32(0)))
    builder.data.append(0)
    builder.addTensor("t", ne: [5], type: 0, data: bits.flatMap(GGUFBuilder.bytes))
    let tensor = try openGGUF(builder.build()).tensor(named: "t")
    try #expect(tensor.unpacked().bitPatterns == bits)
  }

  @Test func `every binary16 number is converted exactly`() throws {
    var builder = GGUFBuilder()
    let patterns = (0...UInt16.max)
    builder.addTensor("t", ne: [65_536], type: 1, data: patterns.flatMap(GGUFBuilder.bytes))
    let numbers = try openGGUF(builder.build()).tensor(named: "t").unpacked()
    for (pattern, number) in zip(patterns, numbers) {
      let fraction = Int(pattern & 0x3ff)
      let exponent = Int(pattern >> 10 & 0x1f)
      switch exponent {
      case 31:
        #expect(fraction == 0 ? number.isInfinite : number.isNaN)
        #expect(number.bitPattern >> 13 & 0x3ff == UInt32(fraction))
      case 0: #expect(Double(number.magnitude) == Double(fraction) * 0x1p-24)
      default:
        let significand = Double(1024 + fraction)
        #expect(
          number.magnitude
            == Float(sign: .plus, exponent: exponent - 25, significand: Float(significand)))
      }
      #expect((number.sign == .minus) == (pattern >> 15 == 1))
    }
  }

  @Test func `rows that do not exist and buffers of the wrong size are refused`() throws {
    let tensor = try Fixture.open("tensor-types.gguf").tensor(named: "q4_1")
    var room = [Float](repeating: 0, count: 4 * tensor.columns)
    room.withUnsafeMutableBufferPointer { buffer in
      let beyond = message { () throws(CheckpointError) in
        try tensor.unpackRows(0..<4, into: buffer)
      }
      #expect(beyond.contains("rows 0..<4 were asked for but it has 3 rows"))
      let before = message { () throws(CheckpointError) in
        try tensor.unpackRows(-1..<1, into: buffer)
      }
      #expect(before.contains("rows -1..<1"))
      let size = message { () throws(CheckpointError) in
        try tensor.unpackRows(0..<3, into: buffer)
      }
      #expect(size.contains("3 rows of 160 numbers do not fit a buffer of 640"))
    }
    #expect(room == [Float](repeating: 0, count: room.count))
  }

  @Test func `tensors with more than two dimensions count all outer ones as rows`() throws {
    var builder = GGUFBuilder()
    builder.addTensor("t", ne: [2, 3, 4], filledWith: 1.5)
    let tensor = try openGGUF(builder.build()).tensor(named: "t")
    #expect(tensor.shape == [4, 3, 2])
    #expect(tensor.rows == 12)
    #expect(tensor.columns == 2)
    try #expect(tensor.unpacked() == [Float](repeating: 1.5, count: 24))
  }
}
