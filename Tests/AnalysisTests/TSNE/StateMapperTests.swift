import ActivationStore
import Analysis
import Foundation
import TSNE
import Testing

@Suite struct StateMapperTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  /// Sixty prompts and a few without a class; unsafe ones are told apart at layer 4 alone.
  private func states(_ change: (inout SyntheticStates) -> Void = { _ in }) -> SyntheticStates {
    var states = SyntheticStates()
    states.labels = (0..<66).map { $0 >= 60 ? "other" : $0 % 2 == 0 ? "unsafe" : "safe" }
    states.state = { prompt, layer, position in
      (0..<SyntheticStates.width).map { (j: Int) -> Float in
        var mixed: Int = prompt * prompt * 7 + prompt * j * 31
        mixed += layer * 53 + position * prompt * 3
        let shift: Float = layer == 4 && position == 0 && prompt % 2 == 0 ? 9 : 0
        return Float(mixed % 101) / 50 + shift
      }
    }
    change(&states)
    return states
  }

  private func request(_ change: (inout StateMapper.Request) -> Void = { _ in })
    -> StateMapper.Request
  {
    var options = TSNEOptions(threads: 2)
    options.perplexity = 10
    var request = StateMapper.Request(options: options)
    change(&request)
    return request
  }

  private func map(
    _ states: SyntheticStates? = nil, _ change: (inout StateMapper.Request) -> Void = { _ in }
  ) throws -> StateMap {
    let reader = try (states ?? self.states()).write(to: folder.path("\(UUID()).h5"))
    return try StateMapper(reader, request: request(change)).run { false }
  }

  @Test func numbersShowWhereLabelsComeApart() throws {
    let map = try map()
    #expect(map.layers.map(\.layer) == [1, 4] && map.labelledCount == 60)
    let (before, after) = (
      try #require(map.layers[0].labels), try #require(map.layers[1].labels)
    )
    #expect(after.probeAUC.value == 1 && after.knnAccuracy.value == 1)
    #expect(after.silhouette.value > 0.3)
    #expect(before.silhouette.value < 0.1 && before.probeAUC.value < 0.8)
    for figures in [before, after] {
      for figure in [figures.silhouette, figures.knnAccuracy, figures.probeAUC] {
        #expect(figure.permuted < figure.permutedHigh)
      }
      #expect(abs(figures.probeAUC.permuted - 0.5) < 0.05)
      #expect(abs(figures.silhouette.permuted) < 0.05)
    }
    for layer in map.layers {
      #expect(layer.embedding.count == 132 && layer.embedding.allSatisfy(\.isFinite))
      #expect(layer.divergence > 0 && layer.trustworthiness > 0.5)
    }
  }

  @Test func theSameOnAnyNumberOfThreads() throws {
    let states = states()
    let maps = try [1, 2, 5].map { threads in
      try map(states) { $0.options.threads = threads }.layers
    }
    #expect(maps[0] == maps[1] && maps[0] == maps[2])
    #expect(try map(states) { $0.options.seed = 1 }.layers != maps[0])
  }

  @Test func aLayerIsTurnedOntoItsNeighbour() throws {
    let layers = try map().layers
    let (first, second) = (layers[0].embedding, layers[1].embedding)
    let turned = Alignment.aligned(first, to: second)
    #expect(largestDifference(turned, first) < 1e-9 * (first.map(abs).max() ?? 0))
  }

  @Test(arguments: MappedStates.allCases)
  func everyKindOfStateHasItsOwnLayout(kind: MappedStates) throws {
    let map = try map { ($0.states, $0.layers) = (kind, [4]) }
    #expect(map.layers.map(\.layer) == [4])
    #expect(map.group.attributes["of"] == .text(kind.rawValue))
    let accuracy = try #require(map.layers[0].labels).knnAccuracy.value
    // What tells labels apart lies at the query end.
    #expect(kind == .last ? accuracy < 0.9 : accuracy == 1)
  }

  @Test func withoutBothLabelsThereAreLayoutsAlone() throws {
    let map = try map(states { $0.labels = Array(repeating: "safe", count: 66) })
    #expect(map.layers.allSatisfy { $0.labels == nil })
    let names = map.group.datasets.map(\.name)
    #expect(
      names == [
        "prompt", "prompt_label", "prompt_text", "layer", "embedding", "kl", "trustworthiness",
      ])
  }

  @Test func theGroupGivesBackTheMap() throws {
    let map = try map()
    let path = folder.path("result.h5")
    let provenance = Provenance(toolVersion: "1", commandLine: "t", created: Date())
    try ResultFile.write([map.group], to: path, provenance: provenance, overwrite: false)
    let read = try ResultFile.read(StateMap.groupName, from: path)
    #expect(read == map.group)
    let embedding = try #require(read.datasets.first { $0.name == "embedding" })
    #expect(embedding.axes == ["layer", "prompt", "component"] && embedding.shape == [2, 66, 2])
    #expect(embedding.values == .doubles(map.layers.flatMap(\.embedding)))
    let high = read.datasets.first { $0.name == "probe_auc_permuted_high" }
    #expect(
      high?.values == .doubles(map.layers.compactMap { $0.labels?.probeAUC.permutedHigh }))
    #expect(read.attributes["permutations"] == .integer(100))
    #expect(read.attributes["model_name"] == .text("tiny"))
  }

  @Test func whatCannotBeEmbeddedIsRefusedByName() throws {
    let path = folder.path("bad.h5")
    func refusal(
      _ states: SyntheticStates, _ change: (inout StateMapper.Request) -> Void = { _ in }
    ) -> String {
      try? FileManager.default.removeItem(atPath: path)
      return sentence(of: {
        let reader = try states.write(to: path)
        _ = try StateMapper(reader, request: request(change)).run { false }
      }).replacing(path, with: "bad.h5")
    }
    #expect(
      refusal(states()) { $0.options.perplexity = 30 }
        == "bad.h5, layer 4: 66 points are fewer than 3 times the perplexity of 30.0; lower the "
        + "perplexity to 22 or give more points")
    #expect(refusal(states()) { $0.layers = [4, 2] }.contains("has no layer 2 of resid_post"))
    #expect(
      refusal(states()) { $0.layers = [4, 4] } == "layer 4 is named twice; name each layer once")
    #expect(refusal(states { $0.responseTokens = 0 }).contains("--response Sure"))
    #expect(refusal(states { $0.positions = ["last"] }).contains("has no position query-end"))
    let constant = states {
      $0.state = { _, _, position in [Float](repeating: Float(position), count: 6) }
    }
    #expect(
      refusal(constant)
        == "bad.h5, layer 4: all 66 points are the same, so there is nothing to tell apart; give "
        + "other points")
    let zero = states {
      $0.state = { prompt, _, _ in
        [Float](repeating: prompt == 3 ? 0 : Float(prompt + 1), count: 6)
      }
    }
    #expect(
      refusal(zero) { ($0.options.metric, $0.states) = (.cosine, .last) }
        == "the state of prompt p3 of bad.h5 at layer 4 is zero, and a zero has no cosine; use "
        + "--metric euclidean")
  }

  @Test func theDumpsUsualPositionIsEnoughForLast() throws {
    let map = try map(states { $0.positions = ["last"] }) { $0.states = .last }
    #expect(map.layers.count == 2)
  }

  @Test func anInterruptionEndsIt() throws {
    let reader = try states().write(to: folder.path("states.h5"))
    let mapper = try StateMapper(reader, request: request())
    #expect(throws: MapError.self) { try mapper.run { true } }
  }
}
