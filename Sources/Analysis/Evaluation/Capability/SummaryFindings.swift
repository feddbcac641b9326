import ActivationStore
import ResultSchemas

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

extension SummaryFindings {
  public static let groupName = SummariesSchema.group

  /// `attributes` say how the summaries were made.
  public func group(attributes: [String: ResultValue]) -> ResultGroup {
    let answers = items.flatMap(\.answers)
    let sizes: AxisSizes = [
      "document": items.count, "variant": variants.count, "measure": Rouge.names.count,
    ]
    func means(_ schema: DatasetSchema, _ part: (Rouge.Score) -> Double) -> ResultDataset {
      schema.dataset(
        .doubles(variants.indices.flatMap { self.means(variant: $0).map(part) }), sizes)
    }
    func scores(_ schema: DatasetSchema, _ part: (Rouge.Score) -> Double) -> ResultDataset {
      schema.dataset(.doubles(items.flatMap { $0.scores.flatMap { $0.map(part) } }), sizes)
    }
    return ResultGroup(
      name: Self.groupName, attributes: attributes,
      datasets: [
        SummariesSchema.variant.column(.texts(variants)),
        SummariesSchema.measure.column(.texts(Rouge.names)),
        means(SummariesSchema.meanPrecision, \.precision),
        means(SummariesSchema.meanRecall, \.recall), means(SummariesSchema.meanF, \.f),
        SummariesSchema.document.column(.texts(items.map(\.id))),
        SummariesSchema.reference.column(.texts(items.map(\.reference))),
        SummariesSchema.cut.column(.truths(items.map(\.isCut))),
        SummariesSchema.summary.dataset(.texts(answers.map(\.text)), sizes),
        SummariesSchema.refused.dataset(.truths(answers.map(\.isRefusal)), sizes),
        scores(SummariesSchema.precision, \.precision), scores(SummariesSchema.recall, \.recall),
        scores(SummariesSchema.f, \.f),
      ] + SummariesSchema.signs.datasets(items.compactMap(\.sign)))
  }
}
