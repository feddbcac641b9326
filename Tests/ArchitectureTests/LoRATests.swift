import Checkpoints
import SteeringEngine
import Testing

/// Adapters of PEFT change a model as PEFT's own merge does.
struct LoRATests {
  /// The adapters by name, with their base models.
  static let adapters = [
    ("llama3_patterns", "llama3"), ("llama3_rslora", "llama3"), ("phi3_fused", "phi3"),
    ("gpt2_transposed", "gpt2"), ("gptneox_grouped", "gptneox_parallel"),
  ]

  @Test("An adapted folder gives the numbers of the merged model", arguments: adapters)
  func folder(_ name: String, _ base: String) throws {
    let expected = try Expectation(name)
    let adapted = try adapt(base, [(name, 1)])
    try expectParity(
      run(adapted, expected.sequences, expected.hooks), expected, within: tolerance)
  }

  @Test("An adapted GGUF twin gives the numbers of the merged model", arguments: adapters)
  func twin(_ name: String, _ base: String) throws {
    let expected = try Expectation(name)
    let adapted = try adapt("\(base).gguf", [(name, 1)])
    try expectParity(
      run(adapted, expected.sequences, expected.hooks), expected, within: tolerance)
  }

  @Test("A scale of 0 leaves the base model as it is", arguments: adapters)
  func zero(_ name: String, _ base: String) throws {
    let expected = try Expectation(base)
    let plain = try run(Fixture.open(base), expected.sequences, expected.hooks)
    #expect(try run(adapt(base, [(name, 0)]), expected.sequences, expected.hooks) == plain)
  }

  @Test("Adapters add up: one and a half minus a half is one")
  func sum() throws {
    let expected = try Expectation("llama3_patterns")
    let adapted = try adapt("llama3", [("llama3_patterns", 1.5), ("llama3_patterns", -0.5)])
    try expectParity(
      run(adapted, expected.sequences, expected.hooks), expected, within: tolerance)
  }

  private func adapt(
    _ base: String, _ adapters: [(name: String, scale: Double)]
  ) throws -> AdaptedCheckpoint {
    try AdaptedCheckpoint(
      base: Fixture.open(base),
      adapters: adapters.map { (try Fixture.adapter($0.name), $0.scale) })
  }
}
