import Checkpoints
import Foundation
import SteeringEngine
import Testing

/// The largest relative L2 distance of a row in float32; README.md beside the fixtures states what
/// was measured.
let tolerance = 1e-5

/// The files of the folder Fixtures; README.md there says how they were made.
enum Fixture {
  static let models = [
    "llama3", "llama_linear", "llama_yarn", "mistral", "qwen2", "qwen2_window", "qwen3", "gemma",
    "gemma2", "gemma2_scale", "gemma3", "phi3", "phi3_longrope", "internlm2", "internlm2_bias",
    "gptneox_parallel", "gptneox_sequential", "gpt2",
  ]
  /// The models that have a GGUF twin.
  static let twins = models.filter {
    !["mistral", "qwen2_window", "gemma2_scale", "internlm2_bias"].contains($0)
  }
  /// The models with a config.json as transformers 4 wrote it.
  static let olderConfigs = models.filter {
    ![
      "mistral", "gemma2_scale", "internlm2", "internlm2_bias", "gptneox_sequential", "gpt2",
    ].contains($0)
  }
  /// The models whose angles or visible tokens depend on more than positions.
  static let windowed = [
    "mistral", "qwen2_window", "gemma2", "gemma3", "phi3", "phi3_longrope",
  ]

  static func url(_ name: String) throws -> URL {
    try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures")
      .appendingPathComponent(name)
  }

  static func open(_ name: String) throws -> any Checkpoint {
    try openCheckpoint(path: url("models/\(name)").path)
  }

  static func adapter(_ name: String) throws -> LoRAAdapter {
    try LoRAAdapter(path: url("adapters/\(name)").path)
  }

  /// The little-endian float32 numbers of a file.
  static func floats(_ name: String) throws -> [Float] {
    try Data(contentsOf: url(name)).withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 4).map { offset in
        let bits = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        return Float(bitPattern: UInt32(littleEndian: bits))
      }
    }
  }
}

/// The numbers of Hugging Face transformers: every hook point at every position.
struct Expectation {
  private struct Manifest: Decodable {
    struct Hook: Decodable {
      var name: String
      var width: Int
    }
    var sequences: [[Int32]]
    var hooks: [Hook]
  }

  let name: String
  let sequences: [TokenSequence]
  /// `[position of the first sequence, then of the next, ...; width]` by hook point.
  let rows: [HookPoint: Rows]
  /// In the order of the forward pass.
  let hooks: [HookPoint]

  init(_ name: String) throws {
    self.name = name
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: Fixture.url("expected/\(name).json")))
    sequences = manifest.sequences.map {
      TokenSequence(tokens: $0, readPositions: Array($0.indices))
    }
    let count = manifest.sequences.reduce(0) { $0 + $1.count }
    let floats = try Fixture.floats("expected/\(name).f32")
    var rows: [HookPoint: Rows] = [:]
    var hooks: [HookPoint] = []
    var start = 0
    for hook in manifest.hooks {
      let parts = hook.name.split(separator: ".")
      let site = try #require(HookSite(rawValue: String(parts[0])))
      let point = site.point(at: parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
      let end = start + count * hook.width
      try #require(end <= floats.count)
      rows[point] = Rows(values: Array(floats[start..<end]), width: hook.width)
      hooks.append(point)
      start = end
    }
    try #require(start == floats.count)
    self.rows = rows
    self.hooks = hooks
  }
}

/// Rows of one hook point.
struct Rows: Equatable {
  var values: [Float]
  var width: Int

  var count: Int { values.count / width }

  func row(_ index: Int) -> ArraySlice<Float> { values[index * width..<(index + 1) * width] }

  func rows(_ range: Range<Int>) -> Rows {
    Rows(values: Array(values[range.lowerBound * width..<range.upperBound * width]), width: width)
  }

  /// The largest relative L2 distance of a row to the row of `other` at the same place.
  func distance(to other: Rows) -> Double {
    guard width == other.width, count == other.count else { return .infinity }
    return (0..<count).map { index in
      var difference = 0.0
      var norm = 0.0
      for (mine, theirs) in zip(row(index), other.row(index)) {
        difference += (Double(mine) - Double(theirs)) * (Double(mine) - Double(theirs))
        norm += Double(theirs) * Double(theirs)
      }
      return (difference / norm).squareRoot()
    }.reduce(0) { max($0, $1.isNaN ? .infinity : $1) }
  }

  /// The smallest cosine of a row and the row of `other` at the same place.
  func cosine(to other: Rows) -> Double {
    (0..<count).map { index in
      var (dot, mine, theirs) = (0.0, 0.0, 0.0)
      for (x, y) in zip(row(index), other.row(index)) {
        dot += Double(x) * Double(y)
        mine += Double(x) * Double(x)
        theirs += Double(y) * Double(y)
      }
      return dot / (mine * theirs).squareRoot()
    }.min() ?? 1
  }

  /// The place of each row's largest number.
  var argmax: [Int] {
    (0..<count).map { index in
      let row = row(index)
      return row.indices.max { row[$0] < row[$1] }.map { $0 - row.startIndex } ?? 0
    }
  }
}

/// Runs `sequences` and returns all their rows by hook point.
func run(
  _ checkpoint: any Checkpoint, _ sequences: [TokenSequence], _ hooks: [HookPoint],
  precision: Precision = .f32, threads: Int = 2, memoryBudget: Int = .max
) throws -> [HookPoint: Rows] {
  let engine = try SteeringEngine(checkpoint: checkpoint, precision: precision, threads: threads)
  let plan = try engine.plan(sequences, capturing: hooks, memoryBudget: memoryBudget)
  var found: [HookPoint: Rows] = [:]
  try engine.run(sequences, plan: plan, capturing: hooks) { captured in
    found[captured.hook, default: Rows(values: [], width: captured.width)].values +=
      captured.values
  }
  return found
}

/// Checks the rows of all hook points, up to the first that differs, and the best next tokens.
func expectParity(
  _ found: [HookPoint: Rows], _ expected: Expectation, within tolerance: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  for hook in expected.hooks {
    let rows = try #require(found[hook], sourceLocation: sourceLocation)
    let distance = rows.distance(to: try #require(expected.rows[hook]))
    #expect(distance <= tolerance, "\(hook)", sourceLocation: sourceLocation)
    if distance > tolerance { return }
  }
  #expect(
    found[.logits]?.argmax == expected.rows[.logits]?.argmax, sourceLocation: sourceLocation)
}
