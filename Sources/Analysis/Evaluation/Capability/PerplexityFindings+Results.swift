import ActivationStore

/// The group `perplexity` of a results file.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `variant` | variant | UTF-8 | `unsteered`, and `steered` |
/// | `text`, `text_path`, `format` | text | UTF-8 | the texts, and how the model read them |
/// | `tokens`, `words`, `bytes` | text | int64 | what was read of each |
/// | `token_perplexity` | text, variant | float64 | |
/// | `word_perplexity`, `byte_perplexity`, `bits_per_byte` | text, variant | float64 | NaN for a chat |
/// | `window_text` | window | int64 | the place of its text |
/// | `window_first`, `window_scored` | window | int64 | its first token in the text, tokens scored |
/// | `window_loss` | window, variant | float64 | the sum of their losses in nats |
/// | `sigma`, `score` | window | int64, float64 | where steered; s_q where the sign comes from it |
extension PerplexityFindings {
  public static let groupName = "perplexity"

  /// `attributes` say how the texts were run.
  public func group(attributes: [String: ResultValue]) -> ResultGroup {
    let windows = texts.flatMap(\.windows)
    let places = texts.indices.flatMap { text in texts[text].windows.map { _ in text } }
    return ResultGroup(
      name: Self.groupName, attributes: attributes,
      datasets: [
        ResultDataset.column("variant", "variant", .texts(variants)),
        .column("text", "text", .texts(texts.map(\.name))),
        .column("text_path", "text", .texts(texts.map(\.path))),
        .column("format", "text", .texts(texts.map(\.format.rawValue))),
        .column("tokens", "text", .integers(texts.map(\.tokens))),
        .column("words", "text", .integers(texts.map(\.words))),
        .column("bytes", "text", .integers(texts.map(\.bytes))),
        figures("token_perplexity", \.tokenPerplexity),
        figures("word_perplexity", \.wordPerplexity),
        figures("byte_perplexity", \.bytePerplexity),
        figures("bits_per_byte", \.bitsPerByte),
        .column("window_text", "window", .integers(places)),
        .column("window_first", "window", .integers(windows.map(\.first))),
        .column("window_scored", "window", .integers(windows.map(\.scored))),
        ResultDataset(
          name: "window_loss", axes: ["window", "variant"],
          shape: [windows.count, variants.count], values: .doubles(windows.flatMap(\.losses))),
      ] + ResultDataset.signs(windows.compactMap(\.sign), axis: "window"))
  }

  private func figures(_ name: String, _ figure: (Figures) -> Double?) -> ResultDataset {
    ResultDataset(
      name: name, axes: ["text", "variant"], shape: [texts.count, variants.count],
      values: .doubles(
        texts.flatMap { text in
          variants.indices.map { figure(text.figures(variant: $0)) ?? .nan }
        }))
  }
}

extension ResultDataset {
  /// Values along one axis.
  static func column(_ name: String, _ axis: String, _ values: Values) -> ResultDataset {
    ResultDataset(name: name, axes: [axis], shape: [values.count], values: values)
  }

  /// `sigma`, and `score` where signs come from it; none without signs.
  static func signs(_ signs: [PromptSign], axis: String) -> [ResultDataset] {
    guard !signs.isEmpty else { return [] }
    let scores = signs.compactMap(\.score)
    return [.column("sigma", axis, .integers(signs.map(\.sigma)))]
      + (scores.count == signs.count ? [.column("score", axis, .doubles(scores))] : [])
  }
}
