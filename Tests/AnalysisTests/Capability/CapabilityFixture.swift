import Analysis
import Foundation
import ModelLibrary
import SteeringEngine
import Testing

/// The tiny model, a folder for files, and a rule that steers both of its layers.
struct CapabilityFixture {
  let sweep: SweepFixture
  let folder: Folder

  init() throws {
    sweep = try SweepFixture()
    folder = try Folder()
  }

  var model: LanguageModel { sweep.lens.model }
  var engine: SteeringEngine { sweep.lens.engine }

  /// The tiny model with another length of context.
  func model(context: UInt32) throws -> LanguageModel {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: model.path))
    let key = try #require(bytes.range(of: Data("llama.context_length".utf8)))
    // A key is followed by its type, 4 bytes, and its value.
    withUnsafeBytes(of: context.littleEndian) {
      bytes.replaceSubrange(key.upperBound + 4..<key.upperBound + 8, with: $0)
    }
    let path = folder.path("context-\(context).gguf")
    try bytes.write(to: URL(fileURLWithPath: path))
    return try LanguageModel(path: path)
  }

  func rule(
    alpha: Strength = 2, sign: SteeredAnswers.Sign = .fixed(-1), profile: ScansProfile = .paper
  ) throws -> SteeringRule {
    SteeringRule(
      addition: try SteeringAddition(
        vectors: sweep.vectors, path: "v.h5", layers: [0, 1], alpha: alpha, isUnit: false),
      sign: sign, profile: profile, vectors: "v.h5")
  }

  /// The interventions of `rule()` at these positions.
  func steering(from position: Int) throws -> [Intervention] {
    try rule().addition.interventions(sigma: -1, queryEnd: position)
  }

  func file(_ name: String, _ text: String) throws -> String {
    let path = folder.path(name)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  /// log p of every token of the vocabulary after `tokens`, from a softmax written out.
  func logProbabilities(
    after tokens: [Int32], _ interventions: [Intervention]
  ) throws -> [Double] {
    let sequence = TokenSequence(
      tokens: tokens, readPositions: [tokens.count - 1], interventions: interventions)
    let plan = try engine.plan([sequence], capturing: [.logits], memoryBudget: .max)
    var logits: [Float] = []
    try engine.run([sequence], plan: plan, capturing: [.logits]) { logits = $0.values }
    return softmax(logits.map(Double.init)).map { log($0) }
  }

  /// The sum of -log p(target) over a window, steered from a position on.
  func loss(
    of tokens: [Int32], targets: [Int32], steeredFrom start: Int = .max
  ) throws -> Double {
    try targets.indices.reduce(0) { sum, index in
      let found = try logProbabilities(
        after: Array(tokens[...index]), index >= start ? steering(from: start) : [])
      return sum - found[Int(targets[index])]
    }
  }
}
