import Checkpoints
import SteeringEngine
import Testing

/// Against `LlamaRotaryEmbedding` of transformers, for the settings of real models.
@Suite struct RotaryTests {
  private func config(_ file: GGUFFile, _ name: String) throws -> ModelConfig {
    var config = TinyModel().config
    let metadata = file.metadata
    config.ropeBase = try metadata.float(for: "\(name).rope_theta")
    config.ropeDimensionCount = 2 * (try file.tensor(named: "\(name).frequencies").columns)
    let type = try metadata.string(for: "\(name).type")
    switch type {
    case "linear": config.ropeScaling = .linear(factor: try metadata.float(for: "\(name).factor"))
    case "llama3":
      let factors = try file.tensor(named: "\(name).factors").unpacked()
      config.ropeScaling = .llama3(frequencyFactors: factors)
    case "yarn":
      config.ropeScaling = .yarn(
        YarnScaling(
          factor: try metadata.float(for: "\(name).factor"),
          originalContext: try metadata.int(for: "\(name).original_max_position_embeddings"),
          betaFast: try metadata.floatIfPresent(for: "\(name).beta_fast") ?? 32,
          betaSlow: try metadata.floatIfPresent(for: "\(name).beta_slow") ?? 1))
    default: #expect(type == "default")
    }
    return config
  }

  static let cases = ["plain-64", "llama3-128", "llama3-64", "linear-128", "yarn-128", "yarn-80"]

  @Test func `every case of the file is tested`() throws {
    let file = try Fixture.open("rotary-tables.gguf")
    #expect(try file.metadata.strings(for: "cases") == Self.cases)
  }

  /// The C libraries' powers differ by some units in the last place, and Llama 3's factors are
  /// rounded to float32 once more: 8 u.
  @Test(arguments: cases) func `frequencies are those of transformers`(name: String) throws {
    let file = try Fixture.open("rotary-tables.gguf")
    let expected = try file.tensor(named: "\(name).frequencies").unpacked()
    let rule = RotaryFrequencies.rule(for: try config(file, name))
    try #require(rule.frequencies.count == expected.count)
    for (pair, (actual, expected)) in zip(rule.frequencies, expected).enumerated() {
      #expect(
        abs(actual - expected) <= 8 * 0x1p-24 * expected, "pair \(pair): \(actual), \(expected)")
    }
  }

  /// An angle of p radians per unit of frequency carries the frequencies' error p · 8 u, and is
  /// rounded itself; 4 u more for the magnitude and the sine.
  @Test(arguments: cases) func `cosines and sines are those of transformers`(name: String) throws {
    let file = try Fixture.open("rotary-tables.gguf")
    let rule = RotaryFrequencies.rule(for: try config(file, name))
    let half = rule.frequencies.count
    let (cosines, sines) = rule.table(positions: 4096)
    let expectedCosines = try file.tensor(named: "\(name).cosine").unpacked()
    let expectedSines = try file.tensor(named: "\(name).sine").unpacked()
    for (place, position) in try file.metadata.ints(for: "positions").enumerated() {
      for pair in 0..<half {
        let angle = Double(position) * Double(rule.frequencies[pair])
        let allowed = Float((9 * angle + 4) * 0x1p-24) * rule.magnitude
        let (ours, theirs) = (position * half + pair, place * half + pair)
        #expect(
          abs(cosines[ours] - expectedCosines[theirs]) <= allowed
            && abs(sines[ours] - expectedSines[theirs]) <= allowed,
          "position \(position) pair \(pair)")
      }
    }
  }

  /// The same model with the rows of W_Q and W_K in either file format's order.
  @Test(arguments: [16, 8, 4])
  func `both orders of query and key rows give the same bits`(rotated: Int) throws {
    let interleaved = TinyModel(dHead: 16, nHeads: 4, nKVHeads: 2, ropeDimensionCount: rotated)
    var halves = interleaved
    halves.config.ropePairing = .halves
    for layer in 0..<2 {
      for tensor in [BlockTensor.q, .k] {
        let name = TensorNames.gguf(.block(layer, tensor))
        let weight = try #require(interleaved.weights[name])
        var values = weight.values
        for row in 0..<weight.shape[0] where row % 16 < rotated {
          let (pair, second) = (row % 16 / 2, row % 2)
          let target = row / 16 * 16 + pair + second * rotated / 2
          for column in 0..<32 { values[target * 32 + column] = weight.values[row * 32 + column] }
        }
        halves.weights[name]?.values = values
      }
    }
    let sequences = [TokenSequence].random(5, vocabulary: 40, seed: 4)
    let captured = try [interleaved, halves].map { model in
      let engine = try SteeringEngine(
        checkpoint: model.checkpoint(), config: model.config, precision: .f32, threads: 1)
      return try engine.capture(sequences, engine.allHooks)
    }
    #expect(captured[0].firstDifference(from: captured[1]) == nil)
  }
}
