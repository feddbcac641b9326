import Checkpoints
import Foundation
import Testing

@Suite struct SafetensorsFileTests {
  private func fixture() throws -> SafetensorsFile {
    try SafetensorsFile(path: Fixture.path("tensor-types.safetensors"))
  }

  @Test(arguments: ["f32", "f16", "bf16"])
  func `unpacked numbers equal those of torch bit for bit`(name: String) throws {
    let file = try fixture()
    let tensor = try file.tensor(named: name)
    let expected = try file.tensor(named: "\(name).expected")
    #expect(tensor.type.name.lowercased() == name)
    #expect(expected.type == .f32)
    #expect(tensor.shape == (name == "f32" ? [8] : [2, 3, 175]))
    try #expect(tensor.unpacked().bitPatterns == expected.unpacked().bitPatterns)
  }

  @Test func `special numbers keep their bits`() throws {
    let bits: [UInt32] = [
      0, 0x8000_0000, 0x3fc0_0000, 0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 1, 0x7f7f_ffff,
    ]
    try #expect(fixture().tensor(named: "f32").unpacked().bitPatterns == bits)
  }

  @Test func `a file says what it holds without unpacking it`() throws {
    let file = try fixture()
    #expect(file.metadata == ["format": "pt", "note": "said \"ü🙂\"\n"])
    #expect(Set(file.tensorNames).count == 12)
    #expect(file.tensorNames == file.tensors.map(\.name))
    let info = try #require(file.tensorInfo(named: "i64"))
    #expect(info.shape == [1, 3])
    #expect(info.typeName == "I64")
    #expect(info.byteCount == 24)
    #expect(info.type == nil)
    #expect(file.tensorInfo(named: "f8")?.typeName == "F8_E4M3")
    #expect(file.tensorInfo(named: "scalar")?.shape == [])
    #expect(file.tensorInfo(named: "empty")?.shape == [3, 0])
    #expect(file.tensorInfo(named: "absent") == nil)
    let odd = try file.tensor(named: "odd \"name\"/\\ü🙂\n")
    try #expect(odd.unpacked() == [1, 2])
  }

  @Test func `what cannot be used is refused only when it is used, by name`() throws {
    let file = try fixture()
    func refusal(_ name: String) -> String {
      message { () throws(CheckpointError) in try file.tensor(named: name) }
    }
    #expect(refusal("i64").contains("tensor \"i64\" is stored as I64, which cannot be unpacked"))
    #expect(refusal("f8").contains("stored as F8_E4M3"))
    #expect(refusal("scalar").contains("tensor \"scalar\": it is a single number or has a dim"))
    #expect(refusal("empty").contains("no weight; convert the model again"))
    #expect(refusal("absent").contains("tensor-types.safetensors has no tensor \"absent\""))
  }

  @Test func `random tensors come back as they were written`() throws {
    var generator = GGUFFuzzTests.SeededGenerator(state: 3)
    for round in 0..<200 {
      var builder = SafetensorsBuilder()
      builder.padding = String(repeating: " ", count: round % 8)
      var written: [(name: String, shape: [Int], bits: [UInt32])] = []
      for index in 0..<Int.random(in: 0...6, using: &generator) {
        let shape = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
          Int.random(in: 1...5, using: &generator)
        }
        let bits = (0..<shape.reduce(1, *)).map { _ in
          UInt32.random(in: 0...UInt32.max, using: &generator)
        }
        let name = "\(index) \(Unicode.Scalar(UInt8(round % 128)))/ü\"\\"
        try builder.add(name, type: "F32", shape: shape, data: bits.flatMap(GGUFBuilder.bytes))
        written.append((name, shape, bits))
      }
      builder.members.shuffle(using: &generator)
      let file = try openSafetensors(builder.build())
      #expect(file.tensors.count == written.count)
      for (name, shape, bits) in written {
        let tensor = try file.tensor(named: name)
        #expect(tensor.shape == shape)
        try #expect(tensor.unpacked().bitPatterns == bits)
      }
    }
  }
}
