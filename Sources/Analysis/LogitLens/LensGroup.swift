import ActivationStore
import ModelLibrary
import ResultSchemas

/// The lens as a group of an HDF5 file.
public struct LensGroup {
  public static let name = LensSchema.group

  private let request: LogitLens.Request
  private let texts: TokenTexts
  private var attributes: [String: ResultValue]

  /// `source` is the file or the prompts that were looked at.
  public init(
    request: LogitLens.Request, model: LanguageModel, source: String
  ) throws(AnalysisError) {
    let stored: StoredModel
    do throws(ModelError) { stored = try StoredModel(model) } catch { throw .model(error) }
    self.request = request
    texts = TokenTexts(model)
    attributes = [
      "source": .text(source), "k": .integer(request.top),
      "final_norm": .integer(request.applyingFinalNorm ? 1 : 0),
      "model_name": .text(stored.name), "model_path": .text(stored.path),
      "model_sha256": .text(stored.sha256),
    ]
    if let adapters = stored.adapters { attributes["model_adapters"] = .text(adapters) }
  }

  public func group(_ lens: VectorLens) -> ResultGroup {
    var attributes = attributes
    attributes[LensSchema.of] = .text("vectors")
    attributes["segment_rule"] = .text(VectorLens.segmentRule)
    let layers = lens.layers.map { $0.layers[0] }
    let first = lens.segments.map { $0.layers[0] }
    let last = lens.segments.map { $0.layers[$0.layers.count - 1] }
    let count = lens.segments.count
    var datasets = [LensSchema.layer.column(.integers(layers))]
    if count > 0 {
      datasets += [
        LensSchema.segment.column(.texts(lens.segments.compactMap { $0.segment?.rawValue })),
        LensSchema.segmentFirstLayer.column(.integers(first)),
        LensSchema.segmentLastLayer.column(.integers(last)),
      ]
    }
    for (schema, axis, rows) in [
      (LensSchema.layers, "layer", lens.layers), (LensSchema.segments, "segment", lens.segments),
    ] where !rows.isEmpty {
      let outer = [axis: rows.count]
      datasets += tokens(schema.promoted, rows.map(\.promoted), outer)
      datasets += tokens(schema.suppressed, rows.map(\.suppressed), outer)
      datasets += standings(schema.standings, rows.map(\.standings), outer)
    }
    return ResultGroup(
      name: Self.name, attributes: attributes, datasets: datasets + given())
  }

  public func group(_ lens: StateLens) -> ResultGroup {
    var attributes = attributes
    attributes[LensSchema.of] = .text("states")
    attributes["hook"] = .text("resid_post")
    let schema = lens.positionNames.isEmpty ? LensSchema.atTokens : LensSchema.atPositions
    let (outer, rows) = rows(of: lens)
    var datasets = [
      LensSchema.layer.column(.integers(lens.layers)),
      LensSchema.promptID.column(.texts(lens.prompts.map(\.id))),
      schema.entropy.dataset(
        .doubles(rows.map(\.entropy)), AxisSizes(outer), attributes: ["unit": .text("nats")]),
    ]
    datasets += places(of: lens)
    let divergences = rows.compactMap(\.divergence)
    if divergences.count == rows.count {
      datasets.append(
        schema.kl.dataset(
          .doubles(divergences), AxisSizes(outer),
          attributes: ["unit": .text("nats"), "of": .text("model output || lens")]))
    }
    datasets += tokens(schema.top, rows.map(\.top), outer)
    datasets.append(
      schema.topProbability.dataset(
        .doubles(rows.flatMap { row in row.top.map { row.probability(of: $0.score) } }),
        sizes(outer, rank: rows.first?.top.count ?? 0)))
    datasets += standings(schema.standings, rows.map(\.standings), outer)
    if !request.tokens.isEmpty {
      datasets.append(
        schema.givenProbability.dataset(
          .doubles(rows.flatMap { row in row.standings.map { row.probability(of: $0.score) } }),
          sizes(outer)))
    }
    return ResultGroup(
      name: Self.name, attributes: attributes, datasets: datasets + given())
  }
}

extension LensGroup {
  /// The sizes of a dataset's axes, those of its outer ones given.
  private func sizes(_ outer: [String: Int], rank: Int = 0) -> AxisSizes {
    AxisSizes(outer.merging(["rank": rank, "given": request.tokens.count]) { own, _ in own })
  }

  /// The outer axes, and the rows along them.
  private func rows(of lens: StateLens) -> (outer: [String: Int], [StateLens.Row]) {
    guard lens.positionNames.isEmpty else {
      return (
        [
          "prompt": lens.prompts.count, "layer": lens.layers.count,
          "position": lens.positionNames.count,
        ], Array(lens.readings.joined().joined())
      )
    }
    let rows = zip(lens.prompts, lens.readings).flatMap { prompt, layers in
      prompt.positionTokens.indices.flatMap { token in layers.map { $0[token] } }
    }
    let tokens = lens.prompts.reduce(0) { $0 + $1.positionTokens.count }
    return (["token": tokens, "layer": lens.layers.count], rows)
  }

  private func places(of lens: StateLens) -> [ResultDataset] {
    let (prompts, names) = (lens.prompts, lens.positionNames)
    guard names.isEmpty else {
      return [
        LensSchema.position.column(.texts(names)),
        LensSchema.tokenIndex.dataset(
          .integers(prompts.flatMap { $0.positionTokens.map(Int.init) }),
          ["prompt": prompts.count, "position": names.count]),
      ]
    }
    let offsets = prompts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.positionTokens.count) }
    let tokens = prompts.flatMap { $0.tokens.map(Int.init) }
    return [
      LensSchema.tokenOffset.column(.integers(offsets)),
      LensSchema.tokenID.column(.integers(tokens)),
      LensSchema.tokenText.column(.texts(tokens.map(texts.text(of:)))),
    ]
  }

  private func tokens(
    _ schema: LensSchema.Tokens, _ rows: [[TokenScore]], _ outer: [String: Int]
  ) -> [ResultDataset] {
    let sizes = sizes(outer, rank: rows.first?.count ?? 0)
    let all = rows.flatMap { $0 }
    return [
      schema.id.dataset(.integers(all.map(\.id)), sizes),
      schema.token.dataset(.texts(all.map { texts.text(of: $0.id) }), sizes),
      schema.score.dataset(.floats(all.map(\.score)), sizes),
    ]
  }

  private func standings(
    _ schema: LensSchema.Standings, _ rows: [[TokenStanding]], _ outer: [String: Int]
  ) -> [ResultDataset] {
    guard !request.tokens.isEmpty else { return [] }
    let all = rows.flatMap { $0 }
    return [
      schema.rank.dataset(.integers(all.map(\.rank)), sizes(outer)),
      schema.score.dataset(.floats(all.map(\.score)), sizes(outer)),
    ]
  }

  private func given() -> [ResultDataset] {
    guard !request.tokens.isEmpty else { return [] }
    return [
      LensSchema.givenID.column(.integers(request.tokens)),
      LensSchema.givenToken.column(.texts(request.tokens.map(texts.text(of:)))),
    ]
  }
}
