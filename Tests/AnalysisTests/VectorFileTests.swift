import ActivationStore
import Analysis
import Checkpoints
import Foundation
import Numerics
import Testing

@Suite struct VectorFileTests {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func write(
    _ set: VectorSet, _ name: String, _ index: GGUFIndex = .block, overwrite: Bool = true
  ) throws {
    try VectorFile.write(
      set, to: path(name), ggufIndex: index,
      provenance: Provenance(
        toolVersion: "1.2.3", commandLine: "workbench vectors", created: Date()),
      overwrite: overwrite)
  }

  private func read(_ name: String, _ index: GGUFIndex? = nil) throws -> VectorSet {
    try VectorFile.read(path(name), ggufIndex: index)
  }

  private func expectRefusal(
    _ text: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) {
    let error = #expect(throws: AnalysisError.self, sourceLocation: sourceLocation) { try body() }
    #expect(
      error?.description.contains(text) == true, "\(error?.description ?? "")",
      sourceLocation: sourceLocation)
  }

  @Test(
    arguments: ["v.safetensors", "v.gguf"], VectorSet.Kind.allCases)
  func whatIsReadEqualsWhatWasWritten(name: String, kind: VectorSet.Kind) throws {
    var set = VectorSet.random(layers: [1, 4, 7])
    set.kind = kind
    for isUnit in [false, true] {
      set.isUnit = isUnit
      try write(set, name)
      #expect(try read(name) == set)
    }
    set.model = nil
    try write(set, name, .blockPlusOne)
    #expect(try read(name) == set)
  }

  @Test func inAGGUFFileOfIndexBlockTheNumberIsTheBlock() throws {
    let set = VectorSet.planted(atLayer: 5)
    try write(set, "v.gguf", .block)
    let file = try GGUFFile(path: path("v.gguf"))
    #expect(file.tensorNames == ["direction.4", "direction.5", "direction.6"])
    #expect(try file.tensor(named: "direction.5").unpacked() == VectorSet.plant)
    #expect(try file.metadata.string(for: "workbench.index_convention") == "block")
    #expect(try file.metadata.string(for: "general.architecture") == "controlvector")
    #expect(try file.metadata.string(for: "controlvector.model_hint") == "llama")
    #expect(try file.metadata.int(for: "controlvector.layer_count") == 3)
    #expect(try llamaApplied(file) == [4: [0, 0], 5: VectorSet.plant, 6: [0, 0]])
  }

  @Test func inAGGUFFileOfIndexBlockPlusOneTheNumberIsOneMore() throws {
    let set = VectorSet.planted(atLayer: 5)
    try write(set, "v.gguf", .blockPlusOne)
    let file = try GGUFFile(path: path("v.gguf"))
    #expect(file.tensorNames == ["direction.5", "direction.6", "direction.7"])
    #expect(try file.tensor(named: "direction.6").unpacked() == VectorSet.plant)
    #expect(try file.metadata.string(for: "workbench.index_convention") == "block-plus-one")
    #expect(try llamaApplied(file)[6] == VectorSet.plant)
    #expect(try read("v.gguf").vector(atLayer: 5) == VectorSet.plant)
  }

  /// The vector that llama.cpp would add after each block, by the rules of its loader.
  private func llamaApplied(_ file: GGUFFile) throws -> [Int: [Float]] {
    var applied: [Int: [Float]] = [:]
    for tensor in file.tensors {
      let number = try #require(Int(tensor.name.dropFirst("direction.".count)))
      #expect(tensor.name.hasPrefix("direction.") && number > 0)
      #expect(tensor.type == .f32 && tensor.shape == file.tensors[0].shape)
      #expect(tensor.shape.count == 1)
      // Stored at (N - 1) * n_embd; block il takes what lies at (il - 1) * n_embd.
      applied[number] = try file.tensor(named: tensor.name).unpacked()
    }
    return applied
  }

  @Test func layerZeroIsRefusedWhereLlamaHasNoPlaceForIt() throws {
    let set = VectorSet.random(layers: [0, 1, 2])
    expectRefusal("leave layer 0 out with --layers") { try write(set, "v.gguf", .block) }
    #expect(!FileManager.default.fileExists(atPath: path("v.gguf")))
    try write(set.selecting(layers: [1, 2]), "v.gguf", .block)
    #expect(try read("v.gguf").layers == [1, 2])
    try write(set, "v.gguf", .blockPlusOne)
    #expect(try read("v.gguf") == set)
  }

  @Test func aGGUFFileThatDoesNotSayItsIndexNeedsItFromTheUser() throws {
    var writer = GGUFWriter()
    writer.add(.text("controlvector"), for: "general.architecture")
    for number in 1...3 { writer.addTensor("direction.\(number)", [Float(number), 0]) }
    try writer.write(to: path("v.gguf"), overwrite: true)
    expectRefusal("--gguf-index block") { _ = try read("v.gguf") }
    let block = try read("v.gguf", .block)
    #expect(block.layers == [1, 2, 3] && block.vectors[0] == [1, 0])
    #expect(block.kind == .imported && block.norms == [1, 2, 3] && !block.isUnit)
    #expect(try read("v.gguf", .blockPlusOne).layers == [0, 1, 2])
    writer.addTensor("direction.0", [0, 1])
    try writer.write(to: path("v.gguf"), overwrite: true)
    #expect(try read("v.gguf", .block).layers == [0, 1, 2, 3])
    expectRefusal("\"direction.0\" is not a direction") { _ = try read("v.gguf", .blockPlusOne) }
  }

  @Test func aUserWhoContradictsTheFileIsRefused() throws {
    try write(.random(layers: [1]), "v.gguf", .block)
    #expect(try read("v.gguf", .block).layers == [1])
    expectRefusal("leave --gguf-index out") { _ = try read("v.gguf", .blockPlusOne) }
  }

  @Test func tensorsThatAreNoVectorsAreNamed() throws {
    for name in ["direction.", "direction.+1", "direction.01", "bias.1", "direction.1x"] {
      var writer = GGUFWriter()
      writer.addTensor(name, [1])
      try writer.write(to: path("v.gguf"), overwrite: true)
      expectRefusal(name.debugDescription) { _ = try read("v.gguf", .block) }
    }
    var writer = GGUFWriter()
    writer.addTensor("direction.1", [1])
    writer.addTensor("direction.2", [1, 2])
    try writer.write(to: path("v.gguf"), overwrite: true)
    expectRefusal("layer 2 has 2 numbers where that of layer 1 has 1") {
      _ = try read("v.gguf", .block)
    }
    try GGUFWriter().write(to: path("v.gguf"), overwrite: true)
    expectRefusal("holds no vectors") { _ = try read("v.gguf", .block) }
    var broken = GGUFWriter()
    broken.addTensor("direction.1", [.nan])
    try broken.write(to: path("v.gguf"), overwrite: true)
    expectRefusal("NaN") { _ = try read("v.gguf", .block) }
  }

  @Test func aPlainTableOfLayersIsReadWhereNothingElseIsInTheFile() throws {
    var writer = SafetensorsWriter(metadata: ["format": "pt"])
    writer.addTensor("directions", shape: [2, 3], [1, 0, 0, 0, 3, 4])
    try writer.write(to: path("v.safetensors"), overwrite: true)
    let set = try read("v.safetensors")
    #expect(set.layers == [0, 1] && set.vectors == [[1, 0, 0], [0, 3, 4]])
    #expect(set.kind == .imported && set.norms == [1, 5])
    writer.addTensor("other", shape: [2, 3], [Float](repeating: 0, count: 6))
    try writer.write(to: path("v.safetensors"), overwrite: true)
    expectRefusal("\"directions\" tells no layer") { _ = try read("v.safetensors") }
    var single = SafetensorsWriter(metadata: [:])
    single.addTensor("direction", shape: [3], [1, 2, 3])
    try single.write(to: path("v.safetensors"), overwrite: true)
    expectRefusal("\"direction\" tells no layer") { _ = try read("v.safetensors") }
  }

  @Test func metadataThatContradictsTheVectorsIsRefused() throws {
    let set = VectorSet.random(layers: [1, 2])
    try write(set, "v.safetensors")
    let good = try SafetensorsFile(path: path("v.safetensors")).metadata
    for (key, text) in [
      ("layers", "1"), ("layers", "1,x"), ("norms", "1"), ("kind", "?"), ("unit", ""),
      ("unsafe_count", "many"), ("model_sha256", nil), ("d_model", "x"),
    ] {
      var metadata = good
      metadata[key] = text
      var writer = SafetensorsWriter(metadata: metadata)
      for (layer, vector) in zip(set.layers, set.vectors) {
        writer.addTensor("blocks.\(layer).hook_resid_post", shape: [vector.count], vector)
      }
      try writer.write(to: path("v.safetensors"), overwrite: true)
      expectRefusal("under \(key)") { _ = try read("v.safetensors") }
    }
  }

  @Test func anUnknownExtensionAndAMissingLayerAreRefused() throws {
    expectRefusal("must end in .h5") { try write(.random(layers: [1]), "v.pt") }
    expectRefusal("must end in .h5") { _ = try read("v") }
    expectRefusal("no vector of layer 3, only of 1, 2") {
      _ = try VectorSet.random(layers: [1, 2]).selecting(layers: [1, 3])
    }
    expectRefusal("there is no such file") { _ = try read("v.gguf") }
  }

  @Test func layersAreSelectedWithAndWithoutCosinesOfAnchors() throws {
    var set = VectorSet.random(layers: [1, 2, 4])
    set.anchors = [VectorSet.Anchor(id: "a", isUnsafe: true, cosines: [])]
    #expect(try set.selecting(layers: [2, 4]).anchors == set.anchors)
    set.anchors[0].cosines = [0.1, 0.2, 0.4]
    #expect(try set.selecting(layers: [2, 4]).anchors[0].cosines == [0.2, 0.4])
  }

  @Test func anExistingFileIsReplacedOnlyWhenAskedTo() throws {
    let set = VectorSet.random(layers: [1, 2])
    for name in ["v.gguf", "v.safetensors"] {
      try write(set, name, overwrite: false)
      expectRefusal("--force") { try write(.random(layers: [3]), name, overwrite: false) }
      #expect(try read(name) == set)
    }
  }
}

extension VectorSet {
  static let plant: [Float] = [0.5, -2]

  /// Zeros at the layers around the one that has `plant`.
  static func planted(atLayer layer: Int) -> VectorSet {
    var set = random(layers: [layer - 1, layer, layer + 1])
    set.vectors = [[0, 0], plant, [0, 0]]
    return set
  }

  static func random(layers: [Int], seed: UInt64 = 3) -> VectorSet {
    var random = SplitMix64(seed: seed)
    return VectorSet(
      kind: .meanDifference, layers: layers,
      vectors: layers.map { _ in (0..<5).map { _ in Float.random(in: -1...1, using: &random) } },
      isUnit: false, norms: layers.map { _ in Double.random(in: 0...9, using: &random) },
      position: "query-end", unsafeCount: 12, safeCount: 13, harmDirections: nil, anchors: [],
      model: StoredModel(
        name: "tïny", path: "", sha256: "ab12", adapters: "a 1 cd", architecture: "llama",
        nLayers: 9, dModel: 5, dVocab: 11))
  }
}
