import Checkpoints
import Foundation
import SteeringEngine
import Testing

/// The files of the folder Fixtures; README.md there says how they were made.
enum Fixture {
  static func open(_ name: String) throws -> GGUFFile {
    let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures")
    return try GGUFFile(path: folder.appendingPathComponent(name).path)
  }

  static func engine(
    _ name: String, _ precision: Precision = .f32, threads: Int = 2,
    instructionSet: InstructionSet? = nil
  ) throws -> SteeringEngine {
    try engine(
      of: GGUFCheckpoint(open(name + ".gguf")), precision, threads: threads,
      instructionSet: instructionSet)
  }

  static func engine(
    of checkpoint: any Checkpoint, _ precision: Precision = .f32, threads: Int = 2,
    instructionSet: InstructionSet? = nil
  ) throws -> SteeringEngine {
    try SteeringEngine(
      checkpoint: checkpoint, precision: precision, threads: threads,
      instructionSet: instructionSet)
  }
}

/// What Hugging Face transformers computed for a model: rows of every hook point in the file.
struct ExpectedRows {
  let sequences: [TokenSequence]
  private let file: GGUFFile

  init(of model: String) throws {
    file = try Fixture.open(model + ".expected.gguf")
    var tokens = try file.metadata.ints(for: "expected.tokens")[...]
    sequences = try file.metadata.ints(for: "expected.lengths").map { length in
      defer { tokens = tokens.dropFirst(length) }
      return TokenSequence(
        tokens: tokens.prefix(length).map(Int32.init), readPositions: Array(0..<length))
    }
  }

  var hookNames: [String] { file.tensorNames }

  /// The rows of all tokens of all sequences, one after another.
  func rows(_ hook: String) throws -> [ArraySlice<Float>] {
    let tensor = try file.tensor(named: hook)
    let values = try tensor.unpacked()
    return (0..<tensor.rows).map { values[$0 * tensor.columns..<($0 + 1) * tensor.columns] }
  }
}
