import ActivationStore
import ResultSchemas

extension PerplexityFindings {
  public static let groupName = PerplexitySchema.group

  /// `attributes` say how the texts were run.
  public func group(attributes: [String: ResultValue]) -> ResultGroup {
    let windows = texts.flatMap(\.windows)
    let places = texts.indices.flatMap { text in texts[text].windows.map { _ in text } }
    let sizes: AxisSizes = [
      "text": texts.count, "variant": variants.count, "window": windows.count,
    ]
    func figures(_ schema: DatasetSchema, _ figure: (Figures) -> Double?) -> ResultDataset {
      schema.dataset(
        .doubles(
          texts.flatMap { text in
            variants.indices.map { figure(text.figures(variant: $0)) ?? .nan }
          }), sizes)
    }
    return ResultGroup(
      name: Self.groupName, attributes: attributes,
      datasets: [
        PerplexitySchema.variant.column(.texts(variants)),
        PerplexitySchema.text.column(.texts(texts.map(\.name))),
        PerplexitySchema.textPath.column(.texts(texts.map(\.path))),
        PerplexitySchema.format.column(.texts(texts.map(\.format.rawValue))),
        PerplexitySchema.tokens.column(.integers(texts.map(\.tokens))),
        PerplexitySchema.words.column(.integers(texts.map(\.words))),
        PerplexitySchema.bytes.column(.integers(texts.map(\.bytes))),
        figures(PerplexitySchema.tokenPerplexity, \.tokenPerplexity),
        figures(PerplexitySchema.wordPerplexity, \.wordPerplexity),
        figures(PerplexitySchema.bytePerplexity, \.bytePerplexity),
        figures(PerplexitySchema.bitsPerByte, \.bitsPerByte),
        PerplexitySchema.windowText.column(.integers(places)),
        PerplexitySchema.windowFirst.column(.integers(windows.map(\.first))),
        PerplexitySchema.windowScored.column(.integers(windows.map(\.scored))),
        PerplexitySchema.windowLoss.dataset(.doubles(windows.flatMap(\.losses)), sizes),
      ] + PerplexitySchema.signs.datasets(windows.compactMap(\.sign)))
  }
}

extension SignsSchema {
  /// `sigma`, and `score` where signs come from it; none without signs.
  func datasets(_ signs: [PromptSign]) -> [ResultDataset] {
    guard !signs.isEmpty else { return [] }
    let scores = signs.compactMap(\.score)
    return [sigma.column(.integers(signs.map(\.sigma)))]
      + (scores.count == signs.count ? [score.column(.doubles(scores))] : [])
  }
}
