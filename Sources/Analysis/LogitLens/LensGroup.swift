import ActivationStore
import ModelLibrary

/// The lens as `/lens` of an HDF5 file.
///
/// Of vectors, datasets are `[layer, rank]`, and `[segment, rank]` under names with `segment_`; of
/// hidden states `[prompt, layer, position, rank]`, or `[token, layer, rank]` where every token was
/// read, `token_offset` telling prompts apart and `token_text` what was read. The axis `rank` counts
/// from the first place; values named `given_` are of the tokens asked for, on the axis `given`.
/// Probabilities, `entropy` and `kl` (nats) are those of the softmax over the whole vocabulary.
public struct LensGroup {
  public static let name = "lens"

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
    attributes["of"] = .text("vectors")
    attributes["segment_rule"] = .text(VectorLens.segmentRule)
    let layers = lens.layers.map { $0.layers[0] }
    let first = lens.segments.map { $0.layers[0] }
    let last = lens.segments.map { $0.layers[$0.layers.count - 1] }
    let count = lens.segments.count
    var datasets = [
      ResultDataset(
        name: "layer", axes: ["layer"], shape: [layers.count], values: .integers(layers))
    ]
    if count > 0 {
      datasets += [
        ResultDataset(
          name: "segment", axes: ["segment"], shape: [count],
          values: .texts(lens.segments.compactMap { $0.segment?.rawValue })),
        ResultDataset(
          name: "segment_first_layer", axes: ["segment"], shape: [count], values: .integers(first)),
        ResultDataset(
          name: "segment_last_layer", axes: ["segment"], shape: [count], values: .integers(last)),
      ]
    }
    for (prefix, axis, readings) in [
      ("", "layer", lens.layers), ("segment_", "segment", lens.segments),
    ] where !readings.isEmpty {
      let outer = Axes(names: [axis], shape: [readings.count])
      datasets += tokens(prefix + "promoted", readings.map(\.promoted), outer)
      datasets += tokens(prefix + "suppressed", readings.map(\.suppressed), outer)
      datasets += standings(prefix, readings.map(\.standings), outer)
    }
    return ResultGroup(
      name: Self.name, attributes: attributes, datasets: datasets + given())
  }

  public func group(_ lens: StateLens) -> ResultGroup {
    var attributes = attributes
    attributes["of"] = .text("states")
    attributes["hook"] = .text("resid_post")
    let (axes, readings) = rows(of: lens)
    let prompts = lens.prompts.count
    var datasets = [
      ResultDataset(
        name: "layer", axes: ["layer"], shape: [lens.layers.count],
        values: .integers(lens.layers)),
      ResultDataset(
        name: "prompt_id", axes: ["prompt"], shape: [prompts],
        values: .texts(lens.prompts.map(\.id))),
      ResultDataset(
        name: "entropy", axes: axes.names, shape: axes.shape,
        values: .doubles(readings.map(\.entropy)), attributes: ["unit": .text("nats")]),
    ]
    datasets += places(of: lens)
    let divergences = readings.compactMap(\.divergence)
    if divergences.count == readings.count {
      datasets.append(
        ResultDataset(
          name: "kl", axes: axes.names, shape: axes.shape, values: .doubles(divergences),
          attributes: ["unit": .text("nats"), "of": .text("model output || lens")]))
    }
    datasets += tokens("top", readings.map(\.top), axes)
    datasets.append(
      ResultDataset(
        name: "top_probability", axes: axes.names + ["rank"],
        shape: axes.shape + [readings.first?.top.count ?? 0],
        values: .doubles(readings.flatMap { row in row.top.map { row.probability(of: $0.score) } }))
    )
    datasets += standings("", readings.map(\.standings), axes)
    if !request.tokens.isEmpty {
      datasets.append(
        ResultDataset(
          name: "given_probability", axes: axes.names + ["given"],
          shape: axes.shape + [request.tokens.count],
          values: .doubles(
            readings.flatMap { row in row.standings.map { row.probability(of: $0.score) } })))
    }
    return ResultGroup(
      name: Self.name, attributes: attributes, datasets: datasets + given())
  }
}

extension LensGroup {
  /// The outer axes of a dataset.
  private struct Axes {
    var names: [String]
    var shape: [Int]
  }

  private func rows(of lens: StateLens) -> (Axes, [StateLens.Row]) {
    guard lens.positionNames.isEmpty else {
      return (
        Axes(
          names: ["prompt", "layer", "position"],
          shape: [lens.prompts.count, lens.layers.count, lens.positionNames.count]),
        Array(lens.readings.joined().joined())
      )
    }
    let readings = zip(lens.prompts, lens.readings).flatMap { prompt, layers in
      prompt.positionTokens.indices.flatMap { token in layers.map { $0[token] } }
    }
    let tokens = lens.prompts.reduce(0) { $0 + $1.positionTokens.count }
    return (Axes(names: ["token", "layer"], shape: [tokens, lens.layers.count]), readings)
  }

  private func places(of lens: StateLens) -> [ResultDataset] {
    let (prompts, names) = (lens.prompts, lens.positionNames)
    guard names.isEmpty else {
      return [
        ResultDataset(
          name: "position", axes: ["position"], shape: [names.count], values: .texts(names)),
        ResultDataset(
          name: "token_index", axes: ["prompt", "position"], shape: [prompts.count, names.count],
          values: .integers(prompts.flatMap { $0.positionTokens.map(Int.init) })),
      ]
    }
    let offsets = prompts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.positionTokens.count) }
    return [
      ResultDataset(
        name: "token_offset", axes: ["prompt_edge"], shape: [offsets.count],
        values: .integers(offsets)),
      ResultDataset(
        name: "token_id", axes: ["token"], shape: [offsets.last ?? 0],
        values: .integers(prompts.flatMap { $0.tokens.map(Int.init) })),
      ResultDataset(
        name: "token_text", axes: ["token"], shape: [offsets.last ?? 0],
        values: .texts(prompts.flatMap { $0.tokens.map { texts.text(of: Int($0)) } })),
    ]
  }

  private func tokens(_ name: String, _ rows: [[TokenScore]], _ outer: Axes) -> [ResultDataset] {
    let axes = outer.names + ["rank"]
    let shape = outer.shape + [rows.first?.count ?? 0]
    let all = rows.flatMap { $0 }
    return [
      ResultDataset(
        name: name + "_id", axes: axes, shape: shape, values: .integers(all.map(\.id))),
      ResultDataset(
        name: name + "_token", axes: axes, shape: shape,
        values: .texts(all.map { texts.text(of: $0.id) })),
      ResultDataset(
        name: name + "_score", axes: axes, shape: shape, values: .floats(all.map(\.score))),
    ]
  }

  private func standings(
    _ prefix: String, _ rows: [[TokenStanding]], _ outer: Axes
  ) -> [ResultDataset] {
    guard !request.tokens.isEmpty else { return [] }
    let axes = outer.names + ["given"]
    let shape = outer.shape + [request.tokens.count]
    let all = rows.flatMap { $0 }
    return [
      ResultDataset(
        name: prefix + "given_rank", axes: axes, shape: shape,
        values: .integers(all.map(\.rank))),
      ResultDataset(
        name: prefix + "given_score", axes: axes, shape: shape,
        values: .floats(all.map(\.score))),
    ]
  }

  private func given() -> [ResultDataset] {
    guard !request.tokens.isEmpty else { return [] }
    let count = request.tokens.count
    return [
      ResultDataset(
        name: "given_id", axes: ["given"], shape: [count], values: .integers(request.tokens)),
      ResultDataset(
        name: "given_token", axes: ["given"], shape: [count],
        values: .texts(request.tokens.map(texts.text(of:)))),
    ]
  }
}
