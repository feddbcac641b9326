import ActivationStore
import Analysis
import Foundation
import ModelLibrary
import Prompts
import SteeringEngine
import Testing

@Suite("The lens of hidden states")
struct StateLensTests {
  let fixture: LensFixture

  init() throws { fixture = try LensFixture() }

  private func rows(_ source: some StateSource) throws -> [[Float]] {
    try source.states(
      of: 0..<source.prompts.count, layers: source.layers, shouldStop: { false },
      progress: { _ in })
  }

  @Test(
    "Tokens, probabilities, entropy and KL are those of a softmax written out",
    arguments: [true, false])
  func naive(finalNorm: Bool) throws {
    let states = try fixture.states()
    let lens = try fixture.lens(top: 7, tokens: [0, 72], finalNorm: finalNorm)
      .read(states, layers: nil, comparingToOutput: true)
    let rows = try rows(states)
    let width = fixture.model.config.dModel
    #expect(lens.layers == [0, 1] && lens.readings.count == 3)
    for (prompt, layers) in lens.readings.enumerated() {
      let row = { (layer: Int) in Array(rows[layer][prompt * width..<(prompt + 1) * width]) }
      let output = softmax(fixture.scores(row(1), finalNorm: true))
      for (layer, positions) in layers.enumerated() {
        let reading = try #require(positions.first)
        let scores = fixture.scores(row(layer), finalNorm: finalNorm)
        let expected = softmax(scores)
        expectTop(reading.top, of: scores)
        for token in reading.top {
          #expect(abs(reading.probability(of: token.score) - expected[token.id]) < 1e-5)
        }
        for token in reading.standings {
          let above = scores.filter { $0 > scores[token.id] }.count
          #expect(token.rank == above + 1)
        }
        #expect(abs(reading.entropy - expected.reduce(0) { $0 - $1 * log($1) }) < 1e-4)
        let divergence = zip(output, expected).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
        #expect(abs(try #require(reading.divergence) - divergence) < 1e-4)
      }
    }
  }

  @Test("At the last layer the lens is the model's own logits, bit for bit, and KL is 0")
  func lastLayer() throws {
    let size = fixture.model.config.dVocab
    let states = try fixture.states(positions: .all)
    let lens = try fixture.lens(top: size).read(states, layers: [1], comparingToOutput: true)
    let sequences = states.prompts.map {
      TokenSequence(tokens: $0.tokens, readPositions: $0.positionTokens.map(Int.init))
    }
    let plan = try fixture.engine.plan(sequences, capturing: [.logits], memoryBudget: .max)
    var logits: [Float] = []
    try fixture.engine.run(sequences, plan: plan, capturing: [.logits]) { logits += $0.values }
    let readings = lens.readings.flatMap { $0[0] }
    #expect(readings.count * size == logits.count)
    for (row, reading) in readings.enumerated() {
      #expect(reading.divergence == 0)
      for token in reading.top { #expect(token.score == logits[row * size + token.id]) }
    }
  }

  @Test("Entropy and KL stay in their bounds at every layer and position")
  func bounds() throws {
    let states = try fixture.states(positions: .all)
    let lens = try fixture.lens().read(states, layers: nil, comparingToOutput: true)
    for reading in lens.readings.joined().joined() {
      #expect((0...log(Double(fixture.model.config.dVocab))).contains(reading.entropy))
      #expect(try #require(reading.divergence) >= 0)
    }
  }

  @Test("The same tokens and figures come from a dump, whatever positions it holds")
  func dump() throws {
    let folder = try Folder()
    for (name, stored, read) in [
      ("named.h5", ReadPositions.named([.queryEnd, .last]), ReadPositions.named([.last])),
      ("all.h5", .all, .all), ("all-last.h5", .all, .named([.last])),
    ] {
      let reader = try write(stored, to: folder.path(name))
      let dumped = try DumpedStates(reader, model: fixture.model, positions: read)
      let computed = try fixture.states(positions: read)
      #expect(dumped.prompts.map(\.positionTokens) == computed.prompts.map(\.positionTokens))
      let lens = fixture.lens(tokens: [9])
      #expect(
        try lens.read(dumped, layers: nil, comparingToOutput: true).readings
          == lens.read(computed, layers: nil, comparingToOutput: true).readings)
    }
  }

  private func write(
    _ positions: ReadPositions, layers: [Int]? = nil, to path: String
  ) throws -> ActivationReader {
    let prompts = ["Hi", "the kill", "How do I"].enumerated().map {
      Prompt(id: "p\($0.offset)", text: $0.element)
    }
    let dump = try ActivationDump(
      model: fixture.model, engine: fixture.engine, prompts: prompts,
      request: ActivationDump.Request(
        sites: [.residPost], layers: layers, positions: positions, format: PromptFormat(),
        dtype: .f32),
      memoryBudget: .max)
    try dump.run(
      to: path, overwrite: false,
      provenance: Provenance(toolVersion: "1", commandLine: "test", created: Date()),
      shouldStop: { false }, progress: { _ in })
    return try ActivationReader(path: path)
  }

  private func message(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return "no error"
  }

  @Test("What a dump lacks is named")
  func lacking() throws {
    let folder = try Folder()
    let (some, all) = (folder.path("some.h5"), folder.path("all.h5"))
    let first = try write(.named([.last]), layers: [0], to: some)
    let states = try DumpedStates(first, model: fixture.model, positions: .named([.last]))
    let lens = fixture.lens()
    #expect(
      message { _ = try lens.read(states, layers: nil, comparingToOutput: true) }
        == "\(some) has no resid_post of the last layer, 1, which the KL to the model's output "
        + "needs; dump that layer too, or give --no-kl")
    #expect(try lens.read(states, layers: nil, comparingToOutput: false).layers == [0])
    #expect(
      message { _ = try lens.read(states, layers: [1], comparingToOutput: false) }
        == "\(some) has no layer 1; it has 0")
    #expect(
      message { _ = try lens.read(states, layers: [2], comparingToOutput: false) }
        == "there is no layer 2: the model's layers are 0 to 1; correct --layers")
    #expect(
      message { _ = try DumpedStates(first, model: fixture.model, positions: .all) }
        == "\(some) does not hold every token; give --positions last")
    #expect(
      message { _ = try DumpedStates(first, model: fixture.model, positions: .named([.queryEnd])) }
        == "\(some) has no position query-end; it has last")
    let every = try write(.all, to: all)
    #expect(
      message { _ = try DumpedStates(every, model: fixture.model, positions: .named([.queryEnd])) }
        == "\(all) holds every token but does not say which is query-end; "
        + "give --positions last or all")
  }

  @Test("A run that is told to stop says so")
  func interrupted() throws {
    #expect(
      message {
        _ = try fixture.lens().read(
          fixture.states(), layers: nil, comparingToOutput: true, shouldStop: { true })
      } == "interrupted")
  }
}
