import Checkpoints
import SteeringEngine
import Testing

/// Against `LlamaRotaryEmbedding` of transformers, for the settings of real models.
@Suite struct RotaryTests {
  private func rule(_ file: GGUFFile, _ name: String) throws -> RotaryFrequencies.Rule {
    let metadata = file.metadata
    var rotary = Rotary(
      base: try metadata.float(for: "\(name).rope_theta"),
      dimensions: 2 * (try file.tensor(named: "\(name).frequencies").columns), scaling: .none)
    let type = try metadata.string(for: "\(name).type")
    switch type {
    case "linear": rotary.scaling = .linear(factor: try metadata.float(for: "\(name).factor"))
    case "llama3":
      let factors = try file.tensor(named: "\(name).factors").unpacked()
      rotary.scaling = .llama3(frequencyFactors: factors)
    case "yarn":
      rotary.scaling = .yarn(
        YarnScaling(
          factor: try metadata.float(for: "\(name).factor"),
          originalContext: try metadata.int(for: "\(name).original_max_position_embeddings"),
          betaFast: try metadata.floatIfPresent(for: "\(name).beta_fast") ?? 32,
          betaSlow: try metadata.floatIfPresent(for: "\(name).beta_slow") ?? 1))
    default: #expect(type == "default")
    }
    return RotaryFrequencies.rule(for: rotary, length: 4096)
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
    let rule = try rule(file, name)
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
    let rule = try rule(file, name)
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

  /// GGUF stores rotary pairs next to each other; the contract asks for halves.
  @Test(arguments: [16, 8, 4])
  func `weights in pairs and weights in halves give the same bits`(rotated: Int) throws {
    let model = RandomLlama(dHead: 16, nHeads: 4, nKVHeads: 2, ropeDimensionCount: rotated)
    let pairs = try model.checkpoint()
    let sequences = [TokenSequence].random(5, vocabulary: 40, seed: 4)
    let captured = try [pairs, Halves(of: model, base: pairs) as any Checkpoint].map {
      let engine = try Fixture.engine(of: $0, threads: 1)
      return try engine.capture(sequences, engine.allHooks)
    }
    #expect(captured[0].firstDifference(from: captured[1]) == nil)
  }
}

/// A checkpoint whose queries and keys are put into halves here, not by the reader.
private struct Halves: Checkpoint {
  let model: RandomLlama
  let base: GGUFCheckpoint

  init(of model: RandomLlama, base: GGUFCheckpoint) {
    self.model = model
    self.base = base
  }

  var path: String { base.path }
  var config: ModelConfig { base.config }

  func weight(_ role: TensorRole) throws(CheckpointError) -> any Weight {
    guard case .block(let layer, let tensor) = role, tensor == .q || tensor == .k,
      let stored = model.weights[RandomLlama.name("attn_\(tensor.rawValue)", layer: layer)]
    else { return try base.weight(role) }
    let (dHead, rotated) = (model.dHead, model.ropeDimensionCount)
    var weight = RowsInMemory(
      outputs: stored.shape[0], inputs: stored.shape[1], values: stored.values)
    for row in 0..<weight.outputs where row % dHead < rotated {
      let (pair, second) = (row % dHead / 2, row % 2)
      let target = row / dHead * dHead + pair + second * rotated / 2
      for column in 0..<weight.inputs {
        weight.values[target * weight.inputs + column] = stored.values[row * weight.inputs + column]
      }
    }
    return weight
  }
}

private struct RowsInMemory: Weight {
  let outputs: Int
  let inputs: Int
  var values: [Float]

  func unpackRows(_ rows: Range<Int>, into output: UnsafeMutableBufferPointer<Float>) {
    _ = output.update(fromContentsOf: values[rows.lowerBound * inputs..<rows.upperBound * inputs])
  }

  func damage(inRow row: Int) -> CheckpointError {
    .badRequest(path: "", tensor: "", problem: "row \(row) is not finite")
  }
}
