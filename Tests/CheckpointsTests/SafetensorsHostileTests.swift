import Checkpoints
import Foundation
import Testing

@Suite struct SafetensorsHostileTests {
  private func refusal(
    _ header: String, data count: Int = 8, sourceLocation: SourceLocation = #_sourceLocation
  ) -> String {
    refusal(Array(header.utf8), data: count, sourceLocation: sourceLocation)
  }

  private func refusal(
    _ header: [UInt8], data count: Int = 8, length: UInt64? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> String {
    let bytes = SafetensorsBuilder.file(
      header: header, data: [UInt8](repeating: 0, count: count), statedLength: length)
    return message(sourceLocation: sourceLocation) { () throws(CheckpointError) in
      try openSafetensors(bytes)
    }
  }

  /// A header with tensor `t` that has these fields.
  private func tensor(
    type: String = "\"F32\"", shape: String = "[2]", offsets: String = "[0,8]"
  ) -> String {
    "{\"t\":{\"dtype\":\(type),\"shape\":\(shape),\"data_offsets\":\(offsets)}}"
  }

  struct Verdict: Decodable {
    let header: String
    let dataBytes: Int
    let accepted: Bool
  }

  @Test func `headers are accepted and refused as by the safetensors package`() throws {
    let text = try String(decoding: Fixture.bytes("safetensors-verdicts.jsonl"), as: UTF8.self)
    let verdicts = try text.split(separator: "\n").map {
      try JSONDecoder().decode(Verdict.self, from: Data($0.utf8))
    }
    #expect(verdicts.count == 119)
    #expect(verdicts.count { $0.accepted } == 38)
    for verdict in verdicts {
      let bytes = SafetensorsBuilder.file(
        header: Array(verdict.header.utf8), data: [UInt8](repeating: 0, count: verdict.dataBytes))
      let file = try? openSafetensors(bytes)
      #expect((file != nil) == verdict.accepted, "\(verdict.header), \(verdict.dataBytes)")
    }
  }

  @Test func `a header of impossible length is refused before it is read`() throws {
    let header = Array("{}".utf8)
    #expect(refusal(header, length: 0).contains("it is 0 bytes instead of 1 to 100000000"))
    for length in [100_000_001, 1 << 62, 1 << 63, UInt64.max] {
      #expect(refusal(header, length: length).contains("it is \(length) bytes instead of 1"))
    }
    #expect(
      refusal(header, length: 11)
        == "test.safetensors is damaged at the header length: 11 more bytes are needed but the "
        + "file has only 10 left; download or convert the file again")
    let short = message { () throws(CheckpointError) in try openSafetensors([1, 0, 0]) }
    #expect(short.contains("8 more bytes are needed but the file has only 3 left"))
    let pointer = message { () throws(CheckpointError) in
      try openSafetensors(Array("version https://git-lfs.github.com/spec/v1\n".utf8))
    }
    #expect(pointer.contains("fetch the file with git lfs pull"))
  }

  @Test func `text that is not strict JSON in UTF-8 is refused with its place`() {
    #expect(refusal([0x7b, 0x22, 0xff, 0x22]).contains("byte 11: the text in quotes that ends he"))
    #expect(refusal("not JSON").contains("byte 8: the header does not start with '{'"))
    #expect(refusal(" {}").contains("does not start with '{'"))
    #expect(refusal("{} x").contains("byte 11: 'x' follows the end of the JSON text"))
    #expect(refusal("{").contains("byte 9: the end of the text stands where '\"' is expected"))
    #expect(refusal("{\"t").contains("the text ends within quotes"))
    #expect(refusal("{\"\u{1}\":0}").contains("a control character"))
    #expect(refusal("{\"\\ud83d\":0}").contains("four hexadecimal digits are expected"))
    #expect(refusal("{\"\\ud83d\\u0041\":0}").contains("half of a surrogate pair"))
    #expect(refusal(tensor(shape: "[2,]")).contains("']' stands where a value is expected"))
    let deep = String(repeating: "[", count: 1_000_000)
    #expect(refusal(tensor(shape: deep)).contains("nested deeper than 64 levels"))
  }

  @Test func `names and fields that occur twice are refused`() {
    let entry = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}"
    #expect(
      refusal("{\"t\":\(entry),\"t\":\(entry)}").contains("the name \"t\" occurs twice"))
    #expect(
      refusal("{\"t\":\(entry),\"\\u0074\":\(entry)}").contains("the name \"t\" occurs twice"))
    #expect(
      refusal("{\"__metadata__\":{},\"__metadata__\":{}}").contains("\"__metadata__\" occurs"))
    #expect(refusal("{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}").contains("\"k\" occurs twice"))
    #expect(refusal(tensor(shape: "[2],\"shape\":[2]")).contains("\"shape\" occurs twice"))
  }

  @Test func `a tensor needs its three fields and no others`() {
    #expect(refusal("{\"t\":{}}").contains("tensor \"t\" (byte 13): it has no dtype"))
    #expect(refusal("{\"t\":{\"dtype\":\"F32\"}}").contains("it has no shape"))
    #expect(refusal("{\"t\":{\"dtype\":\"F32\",\"shape\":[2]}}").contains("it has no data_offsets"))
    #expect(
      refusal(tensor(shape: "[2],\"scale\":2")).contains("tensor \"t\" has the unknown field"))
    #expect(refusal(tensor(type: "\"\\u001b[31m\"")).contains("is not a dtype"))
    #expect(refusal(tensor(type: "\"\"")).contains("\"\" is not a dtype"))
    #expect(
      refusal("{\"__metadata__\":{\"k\":1}}").contains("__metadata__ (byte 29): \"k\" is 1 instead")
    )
  }

  @Test func `sizes and offsets must be whole numbers that fit`() {
    for number in ["-1", "1.5", "1e3", "9223372036854775808", "true"] {
      let problem = "\"\(number)\" is not a whole number from 0 to 9223372036854775807"
      #expect(refusal(tensor(shape: "[\(number)]")).contains(problem))
      #expect(refusal(tensor(offsets: "[0,\(number)]")).contains(problem))
    }
    let digits = refusal(tensor(shape: "[1\(String(repeating: "0", count: 1_000_000))]"))
    #expect(digits.utf8.count < 400)
    #expect(
      refusal(tensor(shape: "[4294967296,4294967296]")).contains("shape is impossibly large"))
    #expect(
      refusal(tensor(shape: "[3]"))
        == "test.safetensors is damaged at tensor \"t\" (byte 13): it has 8 bytes where its shape "
        + "and F32 make 12; download or convert the file again")
  }

  @Test func `data must lie in the file and cover it without holes and overlaps`() {
    func two(_ first: String, _ second: String) -> String {
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":\(first)},"
        + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":\(second)}}"
    }
    #expect(
      refusal(tensor(), data: 7)
        .contains("its data ends at offset 8 but the file has only 7 bytes of tensor data"))
    #expect(refusal(tensor(offsets: "[8,0]")).contains("ends at offset 0, before it begins at 8"))
    #expect(refusal(tensor(offsets: "[0]")).contains("data_offsets holds 1 numbers instead of 2"))
    #expect(
      refusal(two("[0,4]", "[2,6]")).contains("tensor \"b\": its data overlaps that of another"))
    #expect(
      refusal(two("[0,4]", "[5,9]"), data: 9)
        .contains("tensor \"b\": the 1 bytes before its data belong to no tensor"))
    #expect(refusal(tensor(), data: 11).contains("the last 3 bytes of the file belong to no ten"))
    #expect(refusal(tensor(type: "\"NEW\"", offsets: "[0,7]")).contains("the last 1 bytes"))
  }

  @Test func `a type that is not known yet is listed`() throws {
    let header = Array(tensor(type: "\"F5_X\"").utf8)
    let file = try openSafetensors(
      SafetensorsBuilder.file(header: header, data: [UInt8](repeating: 0, count: 8)))
    #expect(file.tensors.map(\.typeName) == ["F5_X"])
    let used = message { () throws(CheckpointError) in try file.tensor(named: "t") }
    #expect(used.contains("tensor \"t\" is stored as F5_X"))
  }

  @Test func `a message shows a hostile name escaped and cut`() {
    let name = String(repeating: "\\u001b[31m", count: 1000)
    let text = refusal("{\"\(name)\":{}}")
    #expect(!text.contains("\u{1b}"))
    #expect(text.utf8.count < 800)
  }
}
