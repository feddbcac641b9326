import ActivationStore
import Analysis
import Testing

/// Expected numbers: numpy 2.4.6 in double on the same states, by the equations written out
/// (`X[unsafe].mean(0) - X[safe].mean(0)`, `svd` of the paired differences, cosines).
@Suite struct RefusalVectorsTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func vectors(
    _ states: SyntheticStates = SyntheticStates(), kind: VectorSet.Kind = .meanDifference,
    isUnit: Bool = true, anchors: AnchorDraw.Request = AnchorDraw.Request()
  ) throws -> VectorSet {
    let reader = try states.write(to: folder.path("states.h5"))
    return try RefusalVectors(reader, kind: kind, isUnit: isUnit, anchors: anchors).compute()
  }

  private func flat(_ rows: [[Float]]) -> [Double] { rows.flatMap { $0 }.map { Double($0) } }

  @Test func meanDifferencesAreThoseOfNumpyInLengthAndDirection() throws {
    let set = try vectors()
    #expect(set.layers == [1, 4] && set.isUnit && set.kind == .meanDifference)
    #expect(set.position == "query-end" && set.unsafeCount == 5 && set.safeCount == 4)
    #expect(largestDifference(set.norms, [7.1155447129857885, 6.361279659490691]) < 1e-13)
    let expected = [
      -0.06192428236672652, 0.1256052819637148, 0.3131348462941561, 0.056654130675941286,
      0.510326355391037, 0.7865701398496965, 0.07958304415129774, 0.289348228426632,
      0.8464295374857163, -0.08547808445880128, 0.2731368675809972, 0.3340522840918671,
    ]
    // Half a unit in the last place of float32 near 1.
    #expect(largestDifference(flat(set.vectors), expected) < 3.1e-8)
  }

  @Test func rawVectorsKeepTheirLength() throws {
    let set = try vectors(isUnit: false)
    let expected = [
      -0.440625, 0.89375, 2.228125, 0.403125, 3.63125, 5.596875, 0.50625, 1.840625, 5.384375,
      -0.54375, 1.7375, 2.125,
    ]
    #expect(!set.isUnit)
    #expect(largestDifference(flat(set.vectors), expected) < 3e-7)
  }

  @Test func principalComponentsAreThoseOfPairedDifferences() throws {
    let request = AnchorDraw.Request(count: 3, seed: 7)
    let set = try vectors(kind: .principalComponent, anchors: request)
    // The anchors that a transcription of the drawing in Python takes.
    #expect(set.anchors.map(\.id) == ["p0", "p2", "p9", "p1", "p4", "p7"])
    #expect(set.anchors.map(\.isUnsafe) == [true, true, true, false, false, false])
    #expect(set.seed == 7 && set.unsafeCount == 3 && set.safeCount == 3)
    let expected = [
      0.1854161241022228, 0.2724930001420005, 0.47857664311404735, -0.007312137656858814,
      0.3610170803153262, 0.7293462982875112, -0.10317395671602883, 0.4598190204671133,
      0.7681563828855971, -0.19156428888841046, 0.3612983099479807, 0.14361068538151808,
    ]
    #expect(largestDifference(flat(set.vectors), expected) < 3.1e-8)
    #expect(largestDifference(set.norms, [6.159359498608212, 8.056937403291585]) < 1e-9)
  }

  @Test func harmDirectionsAreMeanTransitionsOfUnsafeAnchors() throws {
    let set = try vectors()
    let expected = [
      3.6125, 0.6875, 0.2875, 3.675, 3.275, 2.875, 3.6125, 3.2125, 4.075, 3.675, 3.275, 1.6125,
    ]
    #expect(largestDifference(flat(try #require(set.harmDirections)), expected) < 3e-7)
  }

  @Test func anUnsafeAnchorIsLeftOutOfItsOwnMean() throws {
    let set = try vectors()
    #expect(set.anchors.map(\.id) == ["p0", "p2", "p5", "p6", "p9", "p1", "p4", "p7", "p8"])
    let expected = [
      0.3058690356502287, 0.622507740960267, 0.30592771484975667, 0.7508385782257415,
      0.8869894598883455, 0.883155527860711, 0.8647853514557378, 0.6505521036865847,
      0.5974211032145399, 0.8335242251129478, -0.08232042102960378, -0.31003143022228286,
      -0.36955557921778015, 0.12212213315891934, -0.35271059606315835, 0.9794872094608857,
      -0.588104581059797, 0.31549144569591475,
    ]
    #expect(largestDifference(set.anchors.flatMap(\.cosines), expected) < 1e-14)
    let separations = try #require(set.anchorSeparations)
    let found = separations.flatMap { [$0.unsafeMean, $0.safeMean, $0.rocAUC] }
    let means = [
      0.5921985330117217, -0.34817279434258486, 1, 0.7481156351692503, 0.27676733952335925, 0.75,
    ]
    #expect(largestDifference(found, means) < 1e-14)
  }

  @Test func aSmallSetByHand() throws {
    // Query ends (4, 0, ...) and (0, 2, ...) unsafe, (0, 0, ...) safe: v = (2, 1), d_harm = (1, 1)
    // since the ends are (3, 0) and (0, 1); each unsafe transition is orthogonal to the other.
    var states = SyntheticStates()
    states.labels = ["unsafe", "unsafe", "safe"]
    let rows: [[[Float]]] = [[[4, 0], [3, 0]], [[0, 2], [0, 1]], [[0, 0], [-1, 0]]]
    states.state = { prompt, _, position in rows[prompt][position] + [0, 0, 0, 0] }
    let set = try vectors(states, isUnit: false)
    #expect(set.vectors == [[2, 1, 0, 0, 0, 0], [2, 1, 0, 0, 0, 0]])
    #expect(set.harmDirections?[0] == [0.5, 0.5, 0, 0, 0, 0])
    #expect(set.anchors.prefix(2).map(\.cosines) == [[0, 0], [0, 0]])
    #expect(
      largestDifference(
        set.anchors[2].cosines, [Double(0.5).squareRoot(), Double(0.5).squareRoot()]) < 1e-15)
  }

  @Test func withoutAResponseThereIsNoHarmDirection() throws {
    var same = SyntheticStates()
    same.responseTokens = 0
    let set = try vectors(same)
    #expect(set.harmDirections == nil && set.anchorSeparations == nil)
    #expect(set.anchors.allSatisfy { $0.cosines.isEmpty })
    var queryEndOnly = SyntheticStates()
    queryEndOnly.positions = ["query-end"]
    let reader = try queryEndOnly.write(to: folder.path("queries.h5"))
    let other = try RefusalVectors(
      reader, kind: .meanDifference, isUnit: true, anchors: AnchorDraw.Request()
    ).compute()
    #expect(other.harmDirections == nil && other.vectors == set.vectors)
  }

  @Test func oneUnsafeAnchorLeavesNoOthersToCompareWith() throws {
    let set = try vectors(anchors: AnchorDraw.Request(count: 1))
    #expect(set.harmDirections != nil && set.anchors.allSatisfy { $0.cosines.isEmpty })
  }

  @Test func labelsThatCannotServeAreRefused() throws {
    let path = folder.path("states.h5")
    var unlabelled = SyntheticStates()
    unlabelled.labels = ["", ""]
    #expect(
      sentence { _ = try vectors(unlabelled) }
        == "no prompt of \(path) is labelled 'unsafe' or anything else; give prompts with labels, "
        + "or name them with --unsafe-label and --safe-label")
  }

  @Test func oneLabelAloneIsRefused() throws {
    let path = folder.path("states.h5")
    var alike = SyntheticStates()
    alike.labels = ["unsafe", "unsafe"]
    #expect(
      sentence { _ = try vectors(alike) }
        == "no prompt of \(path) is labelled 'safe' but 'unsafe'; give prompts with labels, or name "
        + "them with --unsafe-label and --safe-label")
  }

  @Test func equalLabelsForBothClassesAreRefused() {
    #expect(
      sentence {
        _ = try vectors(anchors: AnchorDraw.Request(unsafeLabel: "x", safeLabel: "x"))
      } == "--unsafe-label and --safe-label are both 'x'; name two labels")
  }

  @Test func moreAnchorsThanPromptsAreRefused() {
    #expect(
      sentence { _ = try vectors(anchors: AnchorDraw.Request(count: 5)) }
        == "\(folder.path("states.h5")) has 4 prompts labelled 'safe', and 5 anchors were asked for; "
        + "lower --anchors or add prompts")
  }

  @Test func promptsThatCannotBePairedAreRefused() {
    #expect(
      sentence { _ = try vectors(kind: .principalComponent) }
        == "\(folder.path("states.h5")) has 5 unsafe and 4 safe prompts, which cannot be paired; "
        + "draw equally many with --anchors 4")
  }

  @Test func equalMeansGiveNoDirection() {
    var states = SyntheticStates()
    states.state = { prompt, layer, position in
      layer == 4
        ? [1, 2, 3, 4, 5, Float(position)]
        : SyntheticStates.state(
          prompt: prompt, layer: layer, position: position)
    }
    #expect(
      sentence { _ = try vectors(states) }
        == "the unsafe and safe anchors of \(folder.path("states.h5")) have the same mean at layer "
        + "4, so there is no direction; give other prompts or leave the layer out")
  }

  @Test func aTransitionOfNothingIsRefused() {
    var states = SyntheticStates()
    states.state = { prompt, layer, position in
      SyntheticStates.state(prompt: prompt, layer: layer, position: prompt == 2 ? 0 : position)
    }
    #expect(
      sentence { _ = try vectors(states) }
        == "the states of prompt p2 of \(folder.path("states.h5")) at layer 1 are the same at "
        + "query-end and last, so its transition has no direction; leave the prompt or the layer out"
    )
  }

  @Test func otherHooksAndPositionsAreRefused() {
    var states = SyntheticStates()
    states.hook = "mlp_out"
    #expect(
      sentence { _ = try vectors(states) }
        == "\(folder.path("states.h5")) has no activations of resid_post; it has mlp_out")
  }

  @Test func statesWithoutTheQueryEndAreRefused() {
    var states = SyntheticStates()
    states.positions = ["last"]
    #expect(
      sentence { _ = try vectors(states) }
        == "\(folder.path("states.h5")) has no position query-end; it has last")
  }
}
