import ActivationStore
import Analysis
import Foundation
import Testing

@Suite struct VectorSetTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private let provenance = Provenance(
    toolVersion: "1", commandLine: "test", created: Date(timeIntervalSince1970: 0))

  private func made(seed: UInt64? = nil) throws -> VectorSet {
    let path = folder.path("states.h5")
    let reader =
      try FileManager.default.fileExists(atPath: path)
      ? ActivationReader(path: path) : SyntheticStates().write(to: path)
    let request = AnchorDraw.Request(count: seed.map { _ in 3 }, seed: seed ?? 0)
    return try RefusalVectors(reader, kind: .meanDifference, isUnit: true, anchors: request)
      .compute()
  }

  /// A set without model, anchors and d_harm.
  private var bare: VectorSet {
    VectorSet(
      kind: .imported, layers: [0, 3], vectors: [[1, 2], [3, 4]], isUnit: false,
      norms: [Double(5).squareRoot(), 5], position: "last", unsafeCount: 0, safeCount: 0,
      harmDirections: nil, anchors: [], model: nil)
  }

  @Test func aFileGivesBackWhatWasWritten() throws {
    var withAdapter = try made(seed: .max)
    withAdapter.model?.adapters = "some/folder scale 0.5 sha256 ff00"
    var withoutCosines = try made()
    for index in withoutCosines.anchors.indices { withoutCosines.anchors[index].cosines = [] }
    for (index, set) in [try made(), withAdapter, withoutCosines, bare].enumerated() {
      let path = folder.path("vectors\(index).h5")
      try ResultFile.write([set.group], to: path, provenance: provenance, overwrite: false)
      #expect(try VectorSet.read(path) == set)
    }
  }

  @Test func aSetKnowsHowLongTheResidualStreamIs() throws {
    let set = try made()
    let reader = try ActivationReader(path: folder.path("states.h5"))
    let labels = reader.contents.prompts.map(\.label)
    let norms = try #require(set.residualNorms)
    for (place, layer) in set.layers.enumerated() {
      let rows = try reader.matrix(hook: "resid_post", layer: layer, position: "query-end")
      let anchors = labels.indices.filter { ["safe", "unsafe"].contains(labels[$0]) }
      let lengths = anchors.map { row in
        rows[row: row].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      }
      let mean = lengths.reduce(0, +) / Double(lengths.count)
      #expect(abs(norms[place] - mean) < 1e-12 * mean)
    }
  }

  @Test func vectorsCanJoinTheStatesThatTheyAreMadeFrom() throws {
    let set = try made()
    let path = folder.path("states.h5")
    try ResultFile.write([set.group], to: path, provenance: provenance, overwrite: false)
    #expect(try VectorSet.read(path) == set)
    #expect(try ActivationReader(path: path).contents.prompts.count == 10)
    #expect(
      sentence {
        try ResultFile.write([set.group], to: path, provenance: provenance, overwrite: false)
      } == "\(path) has a group vectors already; choose another output or replace it with --force")
  }

  @Test func theGroupSaysHowVectorsWereMade() throws {
    let group = try made(seed: 9).group
    #expect(group.name == "vectors")
    #expect(group.attributes["sign"] == .text("unsafe minus safe"))
    #expect(group.attributes["hook"] == .text("resid_post"))
    #expect(group.attributes["unit"] == .integer(1))
    #expect(group.attributes["seed"] == .integer(9))
    #expect(group.attributes["source"] == .text(folder.path("states.h5")))
    #expect(group.attributes["model_sha256"] == .text("ab12cd"))
    let refusal = try #require(group.datasets.first { $0.name == "refusal" })
    #expect(refusal.axes == ["layer", "d_model"] && refusal.shape == [2, 6])
    let cosines = try #require(group.datasets.first { $0.name == "anchor_cosine" })
    #expect(cosines.axes == ["anchor", "layer"] && cosines.shape == [6, 2])
  }

  @Test func aGroupWhosePartsDoNotFitIsRefused() throws {
    let good = try made().group
    func failure(_ change: (inout ResultGroup) throws -> Void) throws -> String {
      var group = good
      try change(&group)
      return sentence { _ = try VectorSet(group, path: "v.h5") }
    }
    func replacing(_ name: String, _ values: ResultDataset.Values, _ shape: [Int]) throws -> String
    {
      try failure { group in
        let index = try #require(group.datasets.firstIndex { $0.name == name })
        group.datasets[index].values = values
        group.datasets[index].shape = shape
      }
    }
    let end = "; the file was changed or damaged, make it again"
    #expect(
      try failure { $0.attributes["kind"] = .text("magic") }
        == "attribute kind of /vectors in v.h5 names no way to make vectors" + end)
    #expect(
      try failure { $0.attributes["position"] = nil }
        == "attribute position of /vectors in v.h5 is missing or no text" + end)
    #expect(
      try failure { $0.attributes["hook"] = .text("mlp_out") }
        == "attribute hook of /vectors in v.h5 is 'mlp_out', not resid_post" + end)
    #expect(
      try failure { $0.datasets.removeAll { $0.name == "refusal" } }
        == "refusal of /vectors in v.h5 is missing" + end)
    #expect(
      try replacing("layer", .integers([4, 1]), [2])
        == "layer of /vectors in v.h5 is not an ascending list of blocks" + end)
    #expect(
      try replacing("layer", .integers([-1, 1]), [2])
        == "layer of /vectors in v.h5 is not an ascending list of blocks" + end)
    #expect(
      try replacing("refusal", .floats([.nan, 1, 2, 3]), [2, 2])
        == "refusal of /vectors in v.h5 holds NaN or infinity" + end)
    #expect(
      try replacing("refusal", .floats([1, 2, 3]), [3, 1])
        == "refusal of /vectors in v.h5 holds no 2 rows of float32 numbers" + end)
    #expect(
      try replacing("harm", .floats([1, 2]), [2, 1])
        == "harm of /vectors in v.h5 is not as wide as refusal" + end)
    #expect(
      try replacing("norm", .doubles([1]), [1])
        == "norm of /vectors in v.h5 holds no float64 numbers of shape [2]" + end)
    #expect(
      try replacing("anchor_label", .texts(["bad"]), [1])
        .hasPrefix("anchor_label of /vectors in v.h5 holds no texts of shape ["))
    #expect(
      try failure { group in
        let index = try #require(group.datasets.firstIndex { $0.name == "anchor_label" })
        let count = group.datasets[index].shape[0]
        group.datasets[index].values = .texts(Array(repeating: "bad", count: count))
      } == "anchor_label of /vectors in v.h5 does not call each anchor unsafe or safe" + end)
  }

  @Test func aModelWithTheSameBytesIsTheSame() throws {
    let set = try made()
    var model = SyntheticStates.model
    (model.name, model.path) = ("renamed", "elsewhere.gguf")
    try set.expectMatches(model, path: "v.h5", allowOther: false)
    var moved = set
    moved.model?.adapters = "here scale 1.0 sha256 ff"
    model.adapters = "there scale 1.0 sha256 ff"
    try moved.expectMatches(model, path: "v.h5", allowOther: false)
    try bare.expectMatches(
      StoredModel(
        name: "m", path: "", sha256: "x", architecture: "llama", nLayers: 4, dModel: 2, dVocab: 1),
      path: "v.h5", allowOther: false)
  }

  @Test func otherWeightsAreRefusedUnlessAllowed() throws {
    let set = try made()
    var model = SyntheticStates.model
    (model.name, model.sha256) = ("big", "ffffffffffffffff")
    #expect(
      sentence { try set.expectMatches(model, path: "v.h5", allowOther: false) }
        == "v.h5 was made with other weights (tiny, SHA-256 ab12cd) than these (big, SHA-256 "
        + "ffffffffffff); make vectors with this model, or pass --allow-other-model")
    try set.expectMatches(model, path: "v.h5", allowOther: true)
    var adapted = SyntheticStates.model
    adapted.adapters = "lora scale 0.5 sha256 ff"
    #expect(
      sentence { try set.expectMatches(adapted, path: "v.h5", allowOther: false) }
        == "v.h5 was made with no adapter, and the model here has the adapter lora scale 0.5; make "
        + "vectors with this model, or pass --allow-other-model")
    try set.expectMatches(adapted, path: "v.h5", allowOther: true)
  }

  @Test func aModelOfAnotherShapeIsAlwaysRefused() throws {
    let set = try made()
    var wide = SyntheticStates.model
    wide.dModel = 8
    var shallow = SyntheticStates.model
    shallow.nLayers = 4
    for allowOther in [false, true] {
      #expect(
        sentence { try set.expectMatches(wide, path: "v.h5", allowOther: allowOther) }
          == "the vectors of v.h5 have 6 numbers, and tiny has a d_model of 8; give vectors of this "
          + "model")
      #expect(
        sentence { try set.expectMatches(shallow, path: "v.h5", allowOther: allowOther) }
          == "v.h5 has a vector at layer 4, and tiny has layers 0 to 3; give vectors of this model")
    }
  }
}
