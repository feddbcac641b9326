import Checkpoints
import Foundation
import Testing

/// The files of the folder Fixtures; README.md there says how they were made.
enum Fixture {
  static func path(_ name: String) throws -> String {
    let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures")
    return folder.appendingPathComponent(name).path
  }

  static func open(_ name: String) throws -> GGUFFile {
    try GGUFFile(path: path(name))
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: path(name))))
  }
}

/// Opens bytes in memory as a GGUF file called `test.gguf`.
func openGGUF(_ bytes: [UInt8]) throws(CheckpointError) -> GGUFFile {
  try GGUFFile(OpenFile(copying: bytes, name: "test.gguf"))
}

/// Returns all numbers of a weight, row by row.
func unpacked(_ weight: any Weight) throws(CheckpointError) -> [Float] {
  try unpacked(weight, rows: 0..<weight.outputs)
}

func unpacked(_ weight: any Weight, rows: Range<Int>) throws(CheckpointError) -> [Float] {
  var numbers = [Float](repeating: .nan, count: rows.count * weight.inputs)
  try numbers.withUnsafeMutableBufferPointer { (buffer) throws(CheckpointError) in
    try weight.unpackRows(rows, into: buffer)
  }
  return numbers
}

/// Returns the message of the error that `body` throws; fails the test when it throws none.
func message<Result>(
  sourceLocation: SourceLocation = #_sourceLocation,
  of body: () throws(CheckpointError) -> Result
) -> String {
  do throws(CheckpointError) {
    let result = try body()
    Issue.record("no error but \(result)", sourceLocation: sourceLocation)
    return ""
  } catch {
    return error.description
  }
}

extension [Float] {
  /// The bits of every number, so that NaNs and signed zeros compare.
  var bitPatterns: [UInt32] { withUnsafeBytes { [UInt32]($0.bindMemory(to: UInt32.self)) } }
}
