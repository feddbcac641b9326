import Checkpoints
import Foundation
import SteeringEngine
import Testing

/// What transformers computes for a model when forward hooks change rows, and how it then answers.
struct InterventionExpectation {
  /// The models that have such numbers.
  static let models = ["llama3", "gemma2", "gemma3", "gpt2", "gptneox_parallel"]

  struct Case {
    var name: String
    var interventions: [Intervention]
    /// `[position, dModel]`.
    var residPost: Rows
    /// `[position, dVocab]`.
    var logits: Rows
  }

  struct Answer {
    var prompt: TokenSequence
    var repetitionPenalty: Float
    var tokens: [Int32]
  }

  let tokens: [Int32]
  let cases: [Case]
  let answers: [Answer]

  init(_ name: String) throws {
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: Fixture.url("interventions/\(name).json")))
    var floats = try Fixture.floats("interventions/\(name).f32")[...]
    func take(_ count: Int, width: Int) throws -> Rows {
      try #require(floats.count >= count * width)
      defer { floats = floats.dropFirst(count * width) }
      return Rows(values: Array(floats.prefix(count * width)), width: width)
    }
    tokens = manifest.tokens
    let vectors = try take(manifest.vectors, width: manifest.width)
    let (count, vocabulary) = (manifest.tokens.count, manifest.vocabulary)
    cases = try manifest.cases.map { stated in
      Case(
        name: stated.name,
        interventions: try stated.steps.map { try $0.intervention(vectors) },
        residPost: try take(count, width: manifest.width),
        logits: try take(count, width: vocabulary))
    }
    answers = try manifest.answers.map { stated in
      Answer(
        prompt: TokenSequence(
          tokens: stated.prompt, readPositions: [],
          interventions: try stated.steps.map { try $0.intervention(vectors) }),
        repetitionPenalty: stated.repetitionPenalty, tokens: stated.answer)
    }
    try #require(floats.isEmpty)
  }
}

private struct Manifest: Decodable {
  struct Case: Decodable {
    var name: String
    var steps: [Step]
  }

  struct Answer: Decodable {
    var prompt: [Int32]
    var steps: [Step]
    var repetitionPenalty: Float
    var answer: [Int32]
  }

  var tokens: [Int32]
  var width: Int
  var vocabulary: Int
  var vectors: Int
  var cases: [Case]
  var answers: [Answer]
}

/// An intervention as the manifest states it.
private struct Step: Decodable {
  var kind: String
  var site: String
  var layer: Int
  var from: Int?
  var only: [Int]?
  var vector: Int?
  var coefficient: Float?
  var factor: Float?

  func intervention(_ vectors: Rows) throws -> Intervention {
    let site = try #require(HookSite(rawValue: site))
    let positions: Intervention.Positions =
      if let only { .only(Set(only)) } else { .from(try #require(from)) }
    return Intervention(try operation(vectors), at: site.point(at: layer), positions: positions)
  }

  private func operation(_ vectors: Rows) throws -> Intervention.Operation {
    func row() throws -> [Float] { Array(vectors.row(try #require(vector))) }
    switch kind {
    case "add": return .add(try row(), coefficient: try #require(coefficient))
    case "projectOut": return .projectOut(try row())
    case "scale": return .scale(try #require(factor))
    case "replace": return .replace(try row())
    case "zero": return .zero
    default:
      try #require(kind == "skipBlock")
      return .skipBlock
    }
  }
}
