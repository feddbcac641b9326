import ActivationStore
import Foundation

/// An activation file of made-up states: ten prompts, layers 1 and 4, six numbers wide.
///
/// The numbers come from integers by a rule that a script in another language can repeat exactly.
struct SyntheticStates {
  static let layers = [1, 4]
  static let width = 6
  static let model = StoredModel(
    name: "tiny", path: "tiny.gguf", sha256: "ab12cd", adapters: nil, architecture: "llama",
    nLayers: 6, dModel: width, dVocab: 11)

  var labels = [
    "unsafe", "safe", "unsafe", "other", "safe", "unsafe", "unsafe", "safe", "safe", "unsafe",
  ]
  var positions = ["query-end", "last"]
  /// Tokens after the query end.
  var responseTokens = 1
  var model = Self.model
  var hook = "resid_post"
  /// The state of a prompt (by index) at a layer and position (0 the query end, 1 the end).
  var state: (_ prompt: Int, _ layer: Int, _ position: Int) -> [Float] = Self.state

  static func state(prompt: Int, layer: Int, position: Int) -> [Float] {
    let isUnsafe = [0, 2, 5, 6, 9].contains(prompt)
    return (0..<width).map { (j: Int) -> Float in
      var mixed: Int = prompt * 37 + layer * 53 + position * 71 + j * 61
      mixed += prompt * prompt * j * 17
      mixed += position * prompt * j * 29 + layer * j * j * 7
      let shift: Int = isUnsafe ? 2 * (j % 3) - 3 * position : 0
      return Float(mixed % 101 - 50) / 16 + Float(shift)
    }
  }

  /// Writes the file and opens it.
  func write(to path: String) throws -> ActivationReader {
    let header = StoreHeader(
      toolVersion: "1", commandLine: "test", created: Date(timeIntervalSince1970: 0), model: model,
      chatTemplateSHA256: nil, precision: "f32", dtype: .f32, seed: 0, threads: 1)
    let writer = try ActivationWriter(
      path: path, header: header, contents: contents, overwrite: false)
    for layer in Self.layers {
      let rows = labels.indices.flatMap { prompt in
        positions.flatMap { state(prompt, layer, $0 == "last" ? 1 : 0) }
      }
      try rows.withUnsafeBufferPointer { rows in
        try writer.writeRows(
          hook: hook, layer: layer, prompts: 0..<labels.count, values: rows)
      }
    }
    try writer.finish()
    return try ActivationReader(path: path)
  }

  private var contents: StoreContents {
    let tokens: [Int32] = Array(0..<Int32(3 + responseTokens))
    return StoreContents(
      prompts: labels.enumerated().map { index, label in
        StoredPrompt(
          id: "p\(index)", label: label, text: "text \(index)", tokens: tokens,
          positionTokens: positions.map { $0 == "last" ? Int32(2 + responseTokens) : 2 })
      },
      hooks: [StoredHook(name: hook, perLayer: true, width: .dModel)], layers: Self.layers,
      layout: .prompt(positions: positions))
  }
}

/// The largest absolute difference, or infinity where the counts differ.
func largestDifference(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).map { abs($0 - $1) }.max() ?? 0
}

func sentence(of body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}
