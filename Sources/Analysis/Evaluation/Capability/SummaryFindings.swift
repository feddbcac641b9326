import ActivationStore

/// Summaries and how they compare with their references.
public struct SummaryFindings: Sendable {
  /// One document.
  public struct Item: Sendable {
    public var id: String
    public var reference: String
    /// Whether the document's end was cut off to fit the context.
    public var isCut: Bool
    /// `[variant]`: unsteered and then steered.
    public var answers: [JudgedAnswer]
    /// `[variant][measure]`; see `Rouge.names`.
    public var scores: [[Rouge.Score]]
    /// nil without steering.
    public var sign: PromptSign?
  }

  public var items: [Item]
  public var isSteered: Bool

  /// The variants' names, in the order of the answers.
  public var variants: [String] { isSteered ? ["unsteered", "steered"] : ["unsteered"] }

  /// `[measure]`: means over the documents.
  public func means(variant: Int) -> [Rouge.Score] {
    Rouge.names.indices.map { measure in
      let scores = items.map { $0.scores[variant][measure] }
      func mean(_ part: (Rouge.Score) -> Double) -> Double {
        scores.reduce(0) { $0 + part($1) } / Double(scores.count)
      }
      return Rouge.Score(precision: mean(\.precision), recall: mean(\.recall), f: mean(\.f))
    }
  }
}

/// The group `summaries` of a results file.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `variant`, `measure` | variant, measure | UTF-8 | `unsteered`, `steered`; `ROUGE-1`, ... |
/// | `mean_precision`, `mean_recall`, `mean_f` | variant, measure | float64 | in 0...1 |
/// | `document`, `reference` | document | UTF-8 | ids; the given summaries |
/// | `cut` | document | int64 | 1 where the document was too long and its end was left out |
/// | `summary` | document, variant | UTF-8 | |
/// | `refused` | document, variant | int64 | 1 where the summary is a refusal |
/// | `precision`, `recall`, `f` | document, variant, measure | float64 | in 0...1 |
/// | `sigma`, `score` | document | int64, float64 | where steered; s_q where the sign comes from it |
extension SummaryFindings {
  public static let groupName = "summaries"

  /// `attributes` say how the summaries were made.
  public func group(attributes: [String: ResultValue]) -> ResultGroup {
    let answers = items.flatMap(\.answers)
    let perAnswer = { (name: String, values: ResultDataset.Values) in
      ResultDataset(
        name: name, axes: ["document", "variant"], shape: [items.count, variants.count],
        values: values)
    }
    return ResultGroup(
      name: Self.groupName, attributes: attributes,
      datasets: [
        ResultDataset.column("variant", "variant", .texts(variants)),
        .column("measure", "measure", .texts(Rouge.names)),
        means("mean_precision", \.precision), means("mean_recall", \.recall),
        means("mean_f", \.f),
        .column("document", "document", .texts(items.map(\.id))),
        .column("reference", "document", .texts(items.map(\.reference))),
        .column("cut", "document", .integers(items.map { $0.isCut ? 1 : 0 })),
        perAnswer("summary", .texts(answers.map(\.text))),
        perAnswer("refused", .integers(answers.map { $0.isRefusal ? 1 : 0 })),
        scores("precision", \.precision), scores("recall", \.recall), scores("f", \.f),
      ] + ResultDataset.signs(items.compactMap(\.sign), axis: "document"))
  }

  private func means(_ name: String, _ part: (Rouge.Score) -> Double) -> ResultDataset {
    ResultDataset(
      name: name, axes: ["variant", "measure"], shape: [variants.count, Rouge.names.count],
      values: .doubles(variants.indices.flatMap { means(variant: $0).map(part) }))
  }

  private func scores(_ name: String, _ part: (Rouge.Score) -> Double) -> ResultDataset {
    ResultDataset(
      name: name, axes: ["document", "variant", "measure"],
      shape: [items.count, variants.count, Rouge.names.count],
      values: .doubles(items.flatMap { $0.scores.flatMap { $0.map(part) } }))
  }
}
