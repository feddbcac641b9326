import Checkpoints
import SteeringEngine
import Testing

/// Models whose weights are spoilt: no number may come out of them as if nothing were wrong.
@Suite struct DamagedWeightTests {
  /// Row 1 of the second sequence is the first read row that holds token 7.
  private static let sequences = [
    TokenSequence(tokens: [1, 2, 3, 4], readPositions: [1, 3]),
    TokenSequence(tokens: [1, 7, 3, 4, 5], readPositions: [1, 4]),
  ]

  struct Spoilt: CustomTestStringConvertible {
    var tensor: String
    var dHead: Int
    var precision: Precision
    var value: Float
    var testDescription: String { "\(value) in \(tensor), dHead \(dHead), \(precision)" }

    static func all(_ tensors: [String]) -> [Spoilt] {
      tensors.flatMap { tensor in
        [8, 16].flatMap { dHead in
          Precision.allCases.flatMap { precision in
            [Float.nan, .infinity].map {
              Spoilt(tensor: tensor, dHead: dHead, precision: precision, value: $0)
            }
          }
        }
      }
    }

    static let norms = all(RandomLlama.blockTensors.filter { $0.hasSuffix("norm") })
    static let matrices = all(RandomLlama.blockTensors.filter { !$0.hasSuffix("norm") })

    /// A model with `value` in a row of the tensor of block 1.
    func model(row: Int) throws -> RandomLlama {
      var model = RandomLlama(dHead: dHead)
      let name = RandomLlama.name(tensor, layer: 1)
      let width = try #require(model.weights[name]?.shape.last)
      for i in 0..<width { model.weights[name]?.values[row * width + i] = value }
      return model
    }
  }

  @Test(arguments: Spoilt.matrices)
  func `a matrix that is not finite is named with the row when its block is reached`(
    spoilt: Spoilt
  ) throws {
    let engine = try Fixture.engine(of: spoilt.model(row: 3).checkpoint(), spoilt.precision)
    let name = RandomLlama.name(spoilt.tensor, layer: 1)
    #expect {
      try engine.capture(Self.sequences, engine.allHooks)
    } throws: { error in
      let text = "\(error)"
      return text.contains("tiny.gguf is damaged at row 3 of tensor \"\(name)\"")
        && text.contains("NaN or infinite")
    }
    // The block before it is sound.
    let sound = try engine.capture(Self.sequences, [.residPost(0)])
    #expect(sound.rows[.residPost(0)]?.joined().allSatisfy { $0.isFinite } == true)
  }

  @Test(arguments: Spoilt.norms)
  func `a norm that is not finite is found at the first hook point after it`(
    spoilt: Spoilt
  ) throws {
    let engine = try Fixture.engine(of: spoilt.model(row: 0).checkpoint(), spoilt.precision)
    let hook = spoilt.tensor == "ffn_norm" ? HookPoint.mlpOut(1) : .attnOut(1)
    #expect(throws: EngineError.nonFinite(hook, sequence: 0, position: 1)) {
      try engine.capture(Self.sequences, engine.allHooks)
    }
    let sound = try engine.capture(Self.sequences, [.residPost(0)])
    #expect(sound.rows[.residPost(0)]?.joined().allSatisfy { $0.isFinite } == true)
  }

  /// Beside bf16 products they are float16, whose largest number is 65,504.
  @Test(
    arguments: ["attn_k", "attn_v"])
  func `keys and values beyond float16 are found, and have room in f32`(tensor: String) throws {
    var model = RandomLlama()
    let name = RandomLlama.name(tensor, layer: 1)
    var weight = try #require(model.weights[name])
    weight.values = weight.values.map { $0 * 1e6 }
    model.weights[name] = weight
    let sequence = TokenSequence(tokens: [5], readPositions: [0])
    let narrow = try Fixture.engine(of: model.checkpoint(), .bf16)
    #expect(throws: EngineError.nonFinite(.attnOut(1), sequence: 0, position: 0)) {
      try narrow.capture([sequence], narrow.allHooks)
    }
    #expect(throws: EngineError.nonFinite(.logits, sequence: 0, position: 0)) {
      try narrow.answers([sequence], .greedy(4))
    }
    let wide = try Fixture.engine(of: model.checkpoint(), .f32)
    _ = try wide.capture([sequence], wide.allHooks)
  }

  @Test func `an embedding that is not finite is found in the sequence that has the token`() throws
  {
    var model = RandomLlama()
    model.weights["token_embd.weight"]?.values[7 * 32 + 31] = .nan
    let engine = try Fixture.engine(of: model.checkpoint())
    #expect(throws: EngineError.nonFinite(.embed, sequence: 1, position: 1)) {
      try engine.capture(Self.sequences, [.embed, .residPost(1)])
    }
    // The token is not read itself, but reaches a read position through attention.
    var unread = Self.sequences
    unread[1].readPositions = [4, 0]
    #expect(throws: EngineError.nonFinite(.attnOut(0), sequence: 1, position: 4)) {
      try engine.capture(unread, engine.allHooks)
    }
    // A sequence without the token is not touched by it.
    let alone = try engine.capture([Self.sequences[0]], [.residPost(1)])
    unread[1].readPositions = []
    let company = try engine.capture(unread, [.residPost(1)])
    #expect(company.picking([0]).firstDifference(from: alone) == nil)
  }

  @Test func `a final norm that is not finite is found after the last block`() throws {
    var model = RandomLlama()
    model.weights["output_norm.weight"]?.values[3] = -.infinity
    let engine = try Fixture.engine(of: model.checkpoint())
    #expect(throws: EngineError.nonFinite(.finalNorm, sequence: 0, position: 1)) {
      try engine.capture(Self.sequences, [.finalNorm])
    }
    #expect(throws: EngineError.nonFinite(.logits, sequence: 0, position: 1)) {
      try engine.capture(Self.sequences, [.logits])
    }
  }

  @Test(arguments: RandomLlama.blockTensors)
  func `a missing tensor is named when its block is reached`(tensor: String) throws {
    var model = RandomLlama()
    let name = RandomLlama.name(tensor, layer: 1)
    model.weights[name] = nil
    let engine = try Fixture.engine(of: model.checkpoint())
    let error = CheckpointError.missingTensor(path: "tiny.gguf", tensor: name)
    #expect(throws: EngineError.checkpoint(error)) {
      try engine.capture(Self.sequences, [.residPost(1)])
    }
    #expect(EngineError.checkpoint(error).description == error.description)
    _ = try engine.capture(Self.sequences, [.residPost(0)])
  }

  @Test(arguments: RandomLlama.blockTensors)
  func `a tensor of another shape is refused with both shapes`(tensor: String) throws {
    var model = RandomLlama()
    let name = RandomLlama.name(tensor, layer: 1)
    let expected = model.shape(of: tensor)
    // As many numbers, transposed or as one more dimension.
    let found =
      expected.count == 1 || expected[0] == expected[1] ? [1] + expected : expected.reversed()
    model.weights[name]?.shape = found
    let engine = try Fixture.engine(of: model.checkpoint())
    let error = CheckpointError.wrongShape(
      path: "tiny.gguf", tensor: name, expected: expected, found: found)
    #expect(throws: EngineError.checkpoint(error)) {
      try engine.capture(Self.sequences, [.residPost(1)])
    }
  }
}
