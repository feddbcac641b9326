import Checkpoints
import SteeringEngine
import Testing

/// Against the forward pass of Hugging Face transformers; Fixtures/README.md has the tolerances.
@Suite struct GoldenTests {
  static let models = ["heads-of-8", "heads-of-16", "llama3-rope", "linear-rope", "yarn-rope"]

  /// Calls `body` for every row of every expected hook point.
  private func forEachRow(
    of model: String, _ precision: Precision, _ instructionSet: InstructionSet,
    _ body: (_ hook: HookPoint, _ actual: ArraySlice<Float>, _ expected: ArraySlice<Float>) -> Void
  ) throws {
    let expected = try ExpectedRows(of: model)
    let engine = try Fixture.engine(model, precision, instructionSet: instructionSet)
    let hooks = engine.allHooks.filter { expected.hookNames.contains($0.description) }
    try #require(hooks.count == expected.hookNames.count)
    let captured = try engine.capture(expected.sequences, hooks)
    for hook in hooks {
      let rows = try expected.rows(hook.description)
      let actual = try #require(captured.rows[hook]).joined().map { $0 }
      try #require(actual.count == rows.reduce(0) { $0 + $1.count })
      var start = 0
      for row in rows {
        body(hook, actual[start..<start + row.count], row)
        start += row.count
      }
    }
  }

  @Test(arguments: models, InstructionSet.available)
  func `float32 rows are Hugging Face's within 1e-5`(
    model: String, instructionSet: InstructionSet
  ) throws {
    var worst = (error: 0.0, hook: HookPoint.embed)
    try forEachRow(of: model, .f32, instructionSet) { hook, actual, expected in
      let error = relativeError(actual, expected)
      if !(error <= worst.error) { worst = (error, hook) }
    }
    #expect(worst.error <= 1e-5, "\(worst.hook) of \(model) is off by \(worst.error)")
  }

  @Test(arguments: models, InstructionSet.available)
  func `bf16 rows point where Hugging Face's float32 rows do`(
    model: String, instructionSet: InstructionSet
  ) throws {
    var worst = (cosine: 1.0, hook: HookPoint.embed)
    try forEachRow(of: model, .bf16, instructionSet) { hook, actual, expected in
      let cosine = cosine(actual, expected)
      if !(cosine >= worst.cosine) { worst = (cosine, hook) }
    }
    #expect(worst.cosine >= 0.999, "\(worst.hook) of \(model) has cosine \(worst.cosine)")
  }

  @Test func `the embedding is exact`() throws {
    for precision in Precision.allCases {
      let expected = try ExpectedRows(of: "heads-of-8")
      let engine = try Fixture.engine("heads-of-8", precision)
      let captured = try engine.capture(expected.sequences, [.embed])
      let rows = try expected.rows("hook_embed").joined()
      #expect(captured.rows[.embed]?.joined().elementsEqual(rows) == true)
    }
  }

  private func relativeError(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
    let difference = zip(a, b).reduce(0.0) { $0 + (Double($1.0) - Double($1.1)).squared }
    return (difference / b.reduce(0.0) { $0 + Double($1).squared }).squareRoot()
  }

  private func cosine(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
    let dot = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let norms = [a, b].map { $0.reduce(0.0) { $0 + Double($1).squared }.squareRoot() }
    return dot / (norms[0] * norms[1])
  }
}

extension Double {
  fileprivate var squared: Double { self * self }
}
