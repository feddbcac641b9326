import ActivationStore
import Analysis
import Testing

/// Expected numbers: numpy 2.4.6 on the same states, d_harm rounded to float32 as it is stored.
@Suite struct HarmClassifierTests {
  let folder: Folder
  let reader: ActivationReader
  let vectors: VectorSet

  init() throws {
    folder = try Folder()
    reader = try SyntheticStates().write(to: folder.path("states.h5"))
    vectors = try RefusalVectors(
      reader, kind: .meanDifference, isUnit: true, anchors: AnchorDraw.Request()
    ).compute()
  }

  private func classifier(
    layers: [Int]? = nil, threshold: HarmClassifier.Threshold = .value(0.5)
  ) throws -> HarmClassifier {
    try HarmClassifier(vectors: vectors, path: "v.h5", layers: layers, threshold: threshold)
  }

  @Test func scoresAreMeanCosinesOverTheLayers() throws {
    let found = try classifier().classify(reader)
    let scores = [
      0.6294346392447953, -0.19617592767854586, 0.6655379123987459, -0.30670600640369855,
      -0.12371673506240244, 0.938101260141589, 0.8379070103312973, 0.31338830964875936,
      -0.13630657761707293, 0.8341418683953377,
    ]
    #expect(largestDifference(found.map(\.score), scores) < 1e-14)
    let first = [0.498523657461683, 0.7603456210279076]
    #expect(largestDifference(found[0].cosines, first) < 1e-14)
    #expect(
      found.map(\.isUnsafe)
        == [0, 2, 5, 6, 9].reduce(into: Array(repeating: false, count: 10)) { $0[$1] = true })
    #expect(found[0].sigma == 1 && found[1].sigma == -1 && found[3].label == "other")
  }

  @Test func theLayerSetChoosesAmongTheVectors() throws {
    let one = try classifier(layers: [4, 4])
    #expect(one.layers == [4])
    #expect(abs(try one.classify(reader)[7].score - 0.9794872107465441) < 1e-14)
    #expect(
      sentence { _ = try classifier(layers: [1, 2]) }
        == "v.h5 has no vector at layer 2; it has 1, 4")
  }

  @Test func aScoreOfExactlyTheThresholdIsUnsafe() throws {
    let score = try classifier().classify(reader)[7].score
    #expect(try classifier(threshold: .value(score)).classify(reader)[7].isUnsafe)
    #expect(try !classifier(threshold: .value(score.nextUp)).classify(reader)[7].isUnsafe)
  }

  @Test func theThresholdOfTheAnchorsSeparatesThem() throws {
    let found = try classifier(threshold: .anchors)
    #expect(abs(found.threshold - 0.38878834750205576) < 1e-14)
    #expect(found.anchorAccuracy == 1)
  }

  @Test func statesAndVectorsThatDoNotServeAreRefused() throws {
    var bare = vectors
    bare.harmDirections = nil
    #expect(
      sentence {
        _ = try HarmClassifier(vectors: bare, path: "v.h5", layers: nil, threshold: .anchors)
      }
        == "v.h5 has no d_harm, since its states held no response; make the vectors from states "
        + "with --positions query-end,last --response Sure")
    var same = SyntheticStates()
    same.responseTokens = 0
    let path = folder.path("same.h5")
    let reader = try same.write(to: path)
    #expect(
      sentence { _ = try classifier().classify(reader) }
        == "\(path) has no response after the query end, so there are no transitions; dump the "
        + "states with --positions query-end,last --response Sure")
  }

  @Test func aTransitionOfNothingIsRefused() throws {
    var states = SyntheticStates()
    states.state = { prompt, layer, position in
      SyntheticStates.state(prompt: prompt, layer: layer, position: prompt == 3 ? 0 : position)
    }
    let path = folder.path("zero.h5")
    let reader = try states.write(to: path)
    #expect(
      sentence { _ = try classifier().classify(reader) }
        == "the states of prompt p3 of \(path) at layer 1 are the same at query-end and last, so "
        + "its transition has no direction; leave the prompt or the layer out")
  }

  @Test func statesOfAnotherModelAreRefusedUnlessAllowed() throws {
    var states = SyntheticStates()
    states.model.sha256 = "00"
    let reader = try states.write(to: folder.path("other.h5"))
    #expect(
      sentence { _ = try classifier().classify(reader) }
        .hasPrefix("v.h5 was made with other weights (tiny, SHA-256 ab12cd) than these"))
    #expect(try classifier().classify(reader, allowOtherModel: true).count == 10)
  }
}
