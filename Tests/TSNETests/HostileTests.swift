import TSNE
import Testing

@Suite struct HostileTests {
  private func points(_ values: [Float], dimension: Int = 2) throws -> Points {
    try Points(count: values.count / dimension, dimension: dimension, values: values)
  }

  @Test func numbersThatAreNone() {
    #expect(throws: TSNEError.notFinite(point: 1, column: 0, value: .infinity)) {
      try points([0, 1, .infinity, 2])
    }
    let sentence = "\(TSNEError.notFinite(point: 1, column: 0, value: .infinity))"
    #expect(sentence == "number 0 of point 1 is inf; take the point out or repair it")
    #expect(throws: TSNEError.self) { try points([0, 1, .nan, 2]) }
    #expect(throws: TSNEError.emptyPoints) { try points([]) }
    #expect(throws: TSNEError.wrongCount(expected: 4, got: 3)) {
      try Points(count: 2, dimension: 2, values: [1, 2, 3])
    }
  }

  @Test func fewerPointsThanThreeTimesThePerplexity() throws {
    let few = try points((0..<178).map(Float.init))
    #expect(throws: TSNEError.tooFewPoints(count: 89, perplexity: 30)) {
      try TSNE(options()).embed(few)
    }
    #expect(
      "\(TSNEError.tooFewPoints(count: 89, perplexity: 30))"
        == "89 points are fewer than 3 times the perplexity of 30.0; lower the perplexity to 29 or "
        + "give more points")
    #expect(throws: Never.self) { try TSNE(options()).embed(points((0..<180).map(Float.init))) }
  }

  @Test func perplexitiesThatCountNothing() {
    for perplexity in [1, 0, -3, Double.nan, .infinity] {
      #expect(throws: TSNEError.self) { try TSNE(options { $0.perplexity = perplexity }) }
    }
  }

  @Test func pointsThatAreAllTheSame() throws {
    for value in [0, 3 as Float] {
      let same = try points([Float](repeating: value, count: 200))
      #expect(throws: TSNEError.allEqual(count: 100)) { try TSNE(options()).embed(same) }
    }
  }

  @Test func aZeroHasNoCosine() throws {
    let cosine = try TSNE(options { $0.metric = .cosine })
    let zero = try points((0..<200).map(Float.init).map { $0 < 2 ? 0 : $0 })
    #expect(throws: TSNEError.zeroPoint(point: 0)) { try cosine.embed(zero) }
    let ray = try points((1...100).flatMap { [Float($0), 2 * Float($0)] })
    #expect(throws: TSNEError.allEqual(count: 100)) { try cosine.embed(ray) }
  }

  @Test func anInterruptionEndsIt() throws {
    let tsne = try TSNE(options())
    let clusters = try Clusters(count: 100)
    var steps = 0
    #expect(throws: TSNEError.interrupted) {
      try tsne.embed(clusters.points) {
        steps += 1
        return steps > 10
      }
    }
    #expect(steps == 11)
  }
}
