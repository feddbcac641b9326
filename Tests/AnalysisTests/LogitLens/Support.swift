import Analysis
import Checkpoints
import Foundation
import ModelLibrary
import Prompts
import SteeringEngine
import TestSupport
import Testing

/// The tiny model, and the lens on it written out plainly.
struct LensFixture {
  let model: LanguageModel
  let engine: SteeringEngine
  let scale: [Float]
  /// `[dVocab][dModel]`; tied to the embedding.
  let unembedding: [[Float]]

  init(threads: Int = 2) throws {
    model = try LanguageModel(path: ChatModel.path)
    engine = try SteeringEngine(
      checkpoint: model.checkpoint, precision: .f32, threads: threads)
    let file = try GGUFFile(path: ChatModel.path)
    scale = try file.tensor(named: "output_norm.weight").unpacked()
    let values = try file.tensor(named: "token_embd.weight").unpacked()
    let width = model.config.dModel
    unembedding = (0..<model.config.dVocab).map { Array(values[$0 * width..<($0 + 1) * width]) }
  }

  func lens(top: Int = 5, tokens: [Int] = [], finalNorm: Bool = true) -> LogitLens {
    LogitLens(
      engine: engine,
      request: LogitLens.Request(top: top, tokens: tokens, applyingFinalNorm: finalNorm))
  }

  func states(
    _ texts: [String] = ["Hi", "the kill", "How do I"], positions: ReadPositions = .named([.last])
  ) throws -> ComputedStates {
    try ComputedStates(
      model: model, engine: engine,
      prompts: texts.enumerated().map { Prompt(id: "p\($0.offset)", text: $0.element) },
      format: PromptFormat(), positions: positions, memoryBudget: .max)
  }

  /// The scores of a row in double precision.
  func scores(_ row: [Float], finalNorm: Bool) -> [Double] {
    var values = row.map(Double.init)
    if finalNorm {
      let meanSquare = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
      let factor = 1 / (meanSquare + 1e-5).squareRoot()
      values = zip(values, scale).map { $0 * factor * Double($1) }
    }
    return unembedding.map { token in
      zip(values, token).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
  }
}

extension SteeringEngine {
  /// The scores at the one read position of a sequence, `[dVocab]`.
  func logits(_ sequence: TokenSequence) throws -> [Double] {
    let plan = try plan([sequence], capturing: [.logits], memoryBudget: .max)
    var logits: [Float] = []
    try run([sequence], plan: plan, capturing: [.logits]) { logits = $0.values }
    return logits.map(Double.init)
  }
}

func softmax(_ scores: [Double]) -> [Double] {
  let highest = scores.max() ?? 0
  let weights = scores.map { exp($0 - highest) }
  let sum = weights.reduce(0, +)
  return weights.map { $0 / sum }
}

/// Expects tokens to have the scores that they should, and to be the best up to float32's rounding.
func expectTop(
  _ found: [TokenScore], of scores: [Double], highest: Bool = true,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let sorted = scores.sorted { highest ? $0 > $1 : $0 < $1 }
  // Sums of 16 products of numbers below 4, in float32.
  let tolerance = 1e-5
  for (place, token) in found.enumerated() {
    #expect(
      abs(Double(token.score) - scores[token.id]) < tolerance, sourceLocation: sourceLocation)
    #expect(abs(scores[token.id] - sorted[place]) < tolerance, sourceLocation: sourceLocation)
  }
  #expect(Set(found.map(\.id)).count == found.count, sourceLocation: sourceLocation)
}
