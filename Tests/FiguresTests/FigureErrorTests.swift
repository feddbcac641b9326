import ActivationStore
import Figures
import Testing

@Suite("Figures of what cannot be drawn")
struct FigureErrorTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test("An extension that names no format", arguments: ["f.jpg", "f", "f.svg.gz", ".svg"])
  func unknownExtension(name: String) throws {
    let run = try folder.write(Sample.all)
    #expect(throws: FigureError.unknownExtension(path: name)) {
      try Figure(.tsne, of: run).write(to: name, overwrite: false)
    }
  }

  @Test("A group that the file lacks is named, with those that it has")
  func missingGroup() throws {
    let run = try folder.write([Sample.classifier])
    #expect(
      throws: FigureError.store(.unknownGroup(path: run, group: "tsne", stored: ["classifier"]))
    ) { try Figure(.tsne, of: run) }
    #expect(throws: FigureError.noRefusals(path: run)) { try Figure(.refusals, of: run) }
  }

  @Test("Points that are all the same are not drawn, but other layers are")
  func constantEmbedding() throws {
    var values = (0..<24).map(Double.init)
    for index in 8..<16 { values[index] = 3 }
    let run = try folder.write([Sample.embedding.replacing("embedding", with: .doubles(values))])
    let problem = "all points of layer 1 are the same; embed other states"
    let error = FigureError.nothingToDraw(path: run, group: "tsne", problem: problem)
    #expect(throws: error) { try Figure(.tsne, of: run) }
    #expect(throws: error) { try Figure(.tsneLayer, of: run) }
    _ = try Figure(.tsne, of: run, choice: Figure.Choice(layers: [0, 2]))
  }

  @Test("NaN among the points is an error that names the dataset")
  func notFinite() throws {
    let values = (0..<24).map { $0 == 5 ? Double.nan : Double($0) }
    let run = try folder.write([Sample.embedding.replacing("embedding", with: .doubles(values))])
    #expect(
      throws: FigureError.store(
        .malformed(path: run, place: "embedding of /tsne", problem: "holds NaN or infinity"))
    ) { try Figure(.tsne, of: run) }
  }

  @Test("Cosines that are all the same")
  func constantCosines() throws {
    let run = try folder.write([
      Sample.classifier.replacing("cosine", with: .doubles(Array(repeating: 0.5, count: 12)))
    ])
    #expect(
      throws: FigureError.nothingToDraw(
        path: run, group: "classifier",
        problem: "every cosine is 0.500; classify prompts that differ")
    ) { try Figure(.cosines, of: run) }
  }

  @Test("A sweep of which nothing is done")
  func unfinished() throws {
    let run = try folder.write([Sample.ablation(done: [0, 0, 0, 0, 0, 0])])
    for kind in [FigureKind.ablation, .ablationHeatmap] {
      #expect(
        throws: FigureError.nothingToDraw(
          path: run, group: "ablation",
          problem: "none of its 6 points is done; finish the sweep")
      ) { try Figure(kind, of: run) }
    }
  }

  @Test("A sweep without answers has no refusals to show, and no refusal rate")
  func withoutAnswers() throws {
    let run = try folder.write([
      Sample.ablation().without("prompt_refused").without("refusal_rate").without("broken_rate")
    ])
    #expect(throws: FigureError.noRefusals(path: run)) { try Figure(.refusals, of: run) }
    #expect(
      throws: FigureError.unknownMetric(
        path: run, metric: "refusal-rate", stored: ["log-odds", "kl", "perplexity"])
    ) { try Figure(.ablation, of: run, choice: Figure.Choice(metric: .refusalRate)) }
  }

  @Test("A layer and a prompt that the file lacks")
  func unknownChoices() throws {
    let run = try folder.write(Sample.all)
    #expect(throws: FigureError.unknownLayer(path: run, layer: 7, stored: [0, 1, 2])) {
      try Figure(.tsneLayer, of: run, choice: Figure.Choice(layers: [7]))
    }
    #expect(throws: FigureError.unknownPrompt(path: run, id: "q", example: "p0")) {
      try Figure(.lens, of: run, choice: Figure.Choice(prompt: "q"))
    }
  }

  @Test("Parts of a group that do not fit together", arguments: ["embedding", "prompt_label"])
  func malformed(dataset: String) throws {
    let run = try folder.write([Sample.embedding.without(dataset)])
    #expect(throws: FigureError.self) { try Figure(.tsne, of: run) }
  }

  @Test("Offsets that point outside the tokens")
  func hostileOffsets() throws {
    for offsets in [[0, 5, 3], [0, 1, 9], [1, 2, 3], [-1, 1, 3]] {
      let run = try folder.write([
        Sample.lensOfTokens.replacing("token_offset", with: .integers(offsets))
      ])
      #expect(throws: FigureError.self) { try Figure(.lens, of: run) }
    }
  }

  @Test("A picture that exists stays, unless it may be replaced")
  func existing() throws {
    let run = try folder.write(Sample.all)
    let figure = try Figure(.cosines, of: run)
    try figure.write(to: folder("f.svg"), overwrite: false)
    #expect(throws: FigureError.store(.outputExists(path: folder("f.svg")))) {
      try figure.write(to: folder("f.svg"), overwrite: false)
    }
    #expect(throws: FigureError.self) {
      try figure.write(to: folder("none/f.svg"), overwrite: false)
    }
    #expect(try folder.names == ["f.svg", "run.h5"])
  }
}
