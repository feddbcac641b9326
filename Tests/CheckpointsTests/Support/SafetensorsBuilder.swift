import Checkpoints
import Foundation

/// Writes safetensors files for tests, faithfully including whatever nonsense it is told.
struct SafetensorsBuilder {
  /// The members of the header's object, as JSON text.
  var members: [String] = []
  var data: [UInt8] = []
  /// Stands after the header's object.
  var padding = ""
  /// Replaces the header's true length when set.
  var statedLength: UInt64?

  mutating func add(metadata: [String: String]) throws {
    try members.append("\"__metadata__\":" + Self.json(metadata))
  }

  /// Adds a tensor with its data after all data so far.
  mutating func add(_ name: String, type: String, shape: [Int], data bytes: [UInt8]) throws {
    let offsets = [data.count, data.count + bytes.count]
    let entry: [String: Any] = ["dtype": type, "shape": shape, "data_offsets": offsets]
    try members.append(Self.json([name: entry]).dropFirst().dropLast().description)
    data += bytes
  }

  var header: [UInt8] { Array("{\(members.joined(separator: ","))}\(padding)".utf8) }

  func build() -> [UInt8] { Self.file(header: header, data: data, statedLength: statedLength) }

  static func file(header: [UInt8], data: [UInt8], statedLength: UInt64? = nil) -> [UInt8] {
    GGUFBuilder.bytes(statedLength ?? UInt64(header.count)) + header + data
  }

  private static func json(_ value: Any) throws -> String {
    try String(decoding: JSONSerialization.data(withJSONObject: value), as: UTF8.self)
  }
}

/// Opens bytes in memory as a safetensors file called `test.safetensors`.
func openSafetensors(_ bytes: [UInt8]) throws(CheckpointError) -> SafetensorsFile {
  try SafetensorsFile(OpenFile(copying: bytes, name: "test.safetensors"))
}
