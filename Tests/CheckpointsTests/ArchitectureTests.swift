import Checkpoints
import Testing

/// Weights of tiny models against those that numpy took apart; see Fixtures/README.md.
@Suite struct ArchitectureTests {
  static let folders = [
    "llama", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3", "phi3", "internlm2",
    "gpt_neox", "gpt2",
  ]
  static let files = folders.filter { $0 != "mistral" }

  @Test(arguments: folders)
  func `a folder gives every weight in the engine's arrangement`(name: String) throws {
    let folder = try Fixture.path("architectures/\(name)")
    let checkpoint = try openCheckpoint(path: folder)
    let expected = try SafetensorsFile(path: "\(folder)/expected.safetensors")
    let roles = checkpoint.config.roles
    let keys = Set(expected.tensorNames).subtracting(["rotary frequencies"])
    #expect(Set(roles.map(\.fixtureKey)) == keys)
    for role in roles {
      let numbers = try unpacked(checkpoint.weight(role))
      try #expect(numbers == expected.tensor(named: role.fixtureKey).unpacked(), "\(role)")
    }
  }

  @Test(arguments: files)
  func `a GGUF file gives the weights of the folder that it was converted from`(
    name: String
  ) throws {
    let folder = try openCheckpoint(path: Fixture.path("architectures/\(name)"))
    let file = try openCheckpoint(path: Fixture.path("architectures/\(name).gguf"))
    #expect(Set(file.config.roles) == Set(folder.config.roles))
    for role in folder.config.roles {
      var expected = try unpacked(folder.weight(role))
      if Self.isNorm(role) { expected = expected.map { $0 + folder.config.norm.weightOffset } }
      try #expect(unpacked(file.weight(role)) == expected, "\(role)")
    }
  }

  @Test(arguments: files)
  func `a GGUF file gives the hyperparameters of the folder that it was converted from`(
    name: String
  ) throws {
    var expected = try openCheckpoint(path: Fixture.path("architectures/\(name)")).config
    var config = try openCheckpoint(path: Fixture.path("architectures/\(name).gguf")).config
    #expect(config.norm.weightOffset == 0)
    expected.norm.weightOffset = 0
    config.architecture = expected.architecture
    try expectClose(&config.positions, expected.positions)
    // llama.cpp has no windows for qwen2.
    if name == "qwen2" { config.layerAttention = expected.layerAttention }
    #expect(config == expected)
  }

  @Test(arguments: folders)
  func `any range of rows equals those rows of the whole`(name: String) throws {
    let checkpoint = try openCheckpoint(path: Fixture.path("architectures/\(name)"))
    for role in checkpoint.config.roles {
      let weight = try checkpoint.weight(role)
      let all = try unpacked(weight)
      for first in 0..<weight.outputs {
        let last = min(first + 1 + first % 7, weight.outputs)
        let some = try unpacked(weight, rows: first..<last)
        #expect(some == Array(all[first * weight.inputs..<last * weight.inputs]))
      }
      let beyond = message { () throws(CheckpointError) in
        try unpacked(weight, rows: 0..<weight.outputs + 1)
      }
      #expect(beyond.contains("were asked for but"))
    }
  }

  private static func isNorm(_ role: TensorRole) -> Bool {
    switch role {
    case .finalNorm: true
    case .block(_, let tensor): "\(tensor)".hasSuffix("Norm")
    default: false
    }
  }

  /// Takes over factors that differ by rounding only, which GGUF's float32 metadata brings.
  private func expectClose(
    _ found: inout PositionEncoding, _ expected: PositionEncoding
  ) throws {
    guard case .rotary(var rules) = found, case .rotary(let others) = expected else { return }
    try #require(rules.count == others.count)
    for index in rules.indices {
      switch (rules[index].scaling, others[index].scaling) {
      case (.llama3(let factors), .llama3(let other)):
        #expect(zip(factors, other).allSatisfy { abs($0 - $1) <= 1e-6 * $1 })
        rules[index].scaling = others[index].scaling
      case (.longrope(var rope), .longrope(let other)):
        #expect(abs(rope.attentionFactor - other.attentionFactor) < 1e-6)
        rope.attentionFactor = other.attentionFactor
        rules[index].scaling = .longrope(rope)
      default: break
      }
    }
    found = .rotary(rules)
  }
}
