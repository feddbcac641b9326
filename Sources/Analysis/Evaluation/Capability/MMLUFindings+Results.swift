import ActivationStore
import Prompts
import ResultSchemas

extension MMLUFindings {
  public static let groupName = MMLUSchema.group

  /// `attributes` say how the questions were asked.
  public func group(attributes: [String: ResultValue]) -> ResultGroup {
    let rows = rows
    let sizes: AxisSizes = [
      "row": rows.count, "variant": variants.count, "question": questions.count,
      "letter": ChoiceQuestion.letters.count,
    ]
    func figures(_ schema: DatasetSchema, _ figure: (Accuracy) -> Double) -> ResultDataset {
      schema.dataset(.doubles(rows.flatMap { $0.accuracies.map(figure) }), sizes)
    }
    return ResultGroup(
      name: Self.groupName, attributes: attributes,
      datasets: [
        MMLUSchema.variant.column(.texts(variants)),
        MMLUSchema.letter.column(.texts(ChoiceQuestion.letters)),
        MMLUSchema.letterToken.column(.integers(letterTokens)),
        MMLUSchema.letterText.column(.texts(letterTexts)),
        MMLUSchema.row.column(.texts(rows.map(\.name))),
        MMLUSchema.rowKind.column(.texts(rows.map(\.kind.rawValue))),
        MMLUSchema.rowQuestions.column(
          .integers(rows.map { $0.accuracies.first?.questions ?? 0 })),
        figures(MMLUSchema.accuracy) { $0.share },
        figures(MMLUSchema.standardError) { $0.standardError ?? .nan },
        MMLUSchema.subject.column(.texts(questions.map(\.subject))),
        MMLUSchema.number.column(.integers(questions.map(\.number))),
        MMLUSchema.shots.column(.integers(questions.map(\.shots))),
        MMLUSchema.answer.column(.integers(questions.map(\.answer))),
        MMLUSchema.logProbability.dataset(
          .doubles(questions.flatMap { $0.logProbabilities.flatMap { $0 } }), sizes),
        MMLUSchema.chosen.dataset(
          .integers(
            questions.flatMap { question in
              variants.indices.map { question.chosen(variant: $0) }
            }), sizes),
      ] + MMLUSchema.signs.datasets(questions.compactMap(\.sign)))
  }
}
