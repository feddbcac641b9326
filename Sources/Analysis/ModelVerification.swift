import ChatTemplates
import Checkpoints
import ModelLibrary
import SteeringEngine
import Tokenization

/// Checks that a model can be trusted to run: its weights, tokenizer, template and forward pass.
public struct ModelVerification: Sendable {
  /// One thing that was looked at, and what was found.
  public struct Check: Sendable, Hashable, Encodable {
    public var name: String
    public var passed: Bool
    public var finding: String

    public init(name: String, passed: Bool, finding: String) {
      (self.name, self.passed, self.finding) = (name, passed, finding)
    }
  }

  /// Weight rows that are unpacked at a time.
  private static let sliceRows = 256
  /// Texts whose tokens must spell them again: words, digits, scripts, joined emoji, line breaks.
  private static let texts = [
    "Hello, world!", "How do I kill a Python process?", "3.14159 and 2026",
    "naïve café, 北京, Привет",
    "a👩‍👩‍👧b", "line one\nline two\n\n  indented",
  ]

  private let model: LanguageModel
  private let engine: SteeringEngine

  public init(model: LanguageModel, engine: SteeringEngine) {
    self.model = model
    self.engine = engine
  }

  /// Runs all checks; a failure does not keep the others from running.
  public func checks() -> [Check] {
    [
      check("weights", scanWeights), check("tokenizer", spellTexts),
      check("chat template", renderTemplate), check("forward pass", runForward),
    ]
  }

  private func check(_ name: String, _ body: () throws -> String) -> Check {
    do { return Check(name: name, passed: true, finding: try body()) } catch {
      return Check(name: name, passed: false, finding: "\(error)")
    }
  }

  /// Unpacks every weight: each must be there, have its shape, and hold numbers only.
  private func scanWeights() throws -> String {
    var count = 0
    let roles = model.config.roles
    for role in roles {
      let weight = try model.checkpoint.weight(role)
      var start = 0
      while start < weight.outputs {
        let rows = start..<min(start + Self.sliceRows, weight.outputs)
        var values = [Float](repeating: 0, count: rows.count * weight.inputs)
        try values.withUnsafeMutableBufferPointer { buffer throws(CheckpointError) in
          try weight.unpackRows(rows, into: buffer)
        }
        if let index = values.firstIndex(where: { !$0.isFinite }) {
          throw Finding(
            "\(role) holds \(values[index]) in row \(start + index / weight.inputs); "
              + "download the model again")
        }
        count += values.count
        start = rows.upperBound
      }
    }
    return "\(roles.count) weights, \(count) numbers, all finite"
  }

  private func spellTexts() throws -> String {
    let size = model.tokenizer.vocabularySize
    guard size <= model.config.dVocab else {
      throw Finding(
        "the tokenizer has \(size) tokens but the model only \(model.config.dVocab); "
          + "use the tokenizer of this model")
    }
    for text in Self.texts {
      let spelled = try model.tokenizer.decode(model.tokenizer.encode(text, parseSpecial: false))
      guard spelled == text else {
        throw Finding("\(text.debugDescription) came back as \(spelled.debugDescription)")
      }
    }
    return "\(size) tokens, \(Self.texts.count) texts came back as they were"
  }

  private func renderTemplate() throws -> String {
    guard model.chatTemplateSource != nil else { return "none; prompts need --raw" }
    let prompt = try PromptEncoder(model: model, format: PromptFormat()).encode("Hello")
    return "a one-word prompt becomes \(prompt.tokens.count) tokens"
  }

  private func runForward() throws -> String {
    let tokens = try model.tokenizer.encode(Self.texts[1], addingBOS: .asModel)
    let sequence = TokenSequence(tokens: tokens, readPositions: [tokens.count - 1])
    let plan = try engine.plan([sequence], capturing: [.logits], memoryBudget: .max)
    var best: Int?
    try engine.run([sequence], plan: plan, capturing: [.logits]) { rows in
      best = rows.values.indices.max { rows.values[$0] < rows.values[$1] }
    }
    guard let best else { throw Finding("the forward pass delivered no logits") }
    let piece = try model.tokenizer.piece(of: Int32(best))
    return "finite logits; after \(Self.texts[1].debugDescription) comes \(piece.debugDescription)"
  }
}

/// What a check found wrong.
private struct Finding: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
