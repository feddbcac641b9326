import ActivationStore
import Prompts

/// The group `mmlu` of a results file.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `variant`, `letter` | variant, letter | UTF-8 | `unsteered`, `steered`; `A` to `D` |
/// | `letter_token`, `letter_text` | letter | int64, UTF-8 | the tokens that are compared |
/// | `row`, `row_kind` | row | UTF-8 | subjects, groups and `all`; which of these it is |
/// | `row_questions` | row | int64 | |
/// | `accuracy`, `standard_error` | row, variant | float64 | NaN where there is one question |
/// | `subject` | question | UTF-8 | |
/// | `number`, `shots`, `answer` | question | int64 | in its file; examples shown; the right letter's index |
/// | `log_probability` | question, variant, letter | float64 | among all tokens |
/// | `chosen` | question, variant | int64 | the likeliest letter's index |
/// | `sigma`, `score` | question | int64, float64 | where steered; s_q where the sign comes from it |
extension MMLUFindings {
  public static let groupName = "mmlu"

  /// `attributes` say how the questions were asked.
  public func group(attributes: [String: ResultValue]) -> ResultGroup {
    let rows = rows
    return ResultGroup(
      name: Self.groupName, attributes: attributes,
      datasets: [
        ResultDataset.column("variant", "variant", .texts(variants)),
        .column("letter", "letter", .texts(ChoiceQuestion.letters)),
        .column("letter_token", "letter", .integers(letterTokens)),
        .column("letter_text", "letter", .texts(letterTexts)),
        .column("row", "row", .texts(rows.map(\.name))),
        .column("row_kind", "row", .texts(rows.map(\.kind.rawValue))),
        .column(
          "row_questions", "row", .integers(rows.map { $0.accuracies.first?.questions ?? 0 })),
        figures("accuracy", rows) { $0.share },
        figures("standard_error", rows) { $0.standardError ?? .nan },
        .column("subject", "question", .texts(questions.map(\.subject))),
        .column("number", "question", .integers(questions.map(\.number))),
        .column("shots", "question", .integers(questions.map(\.shots))),
        .column("answer", "question", .integers(questions.map(\.answer))),
        ResultDataset(
          name: "log_probability", axes: ["question", "variant", "letter"],
          shape: [questions.count, variants.count, ChoiceQuestion.letters.count],
          values: .doubles(questions.flatMap { $0.logProbabilities.flatMap { $0 } })),
        ResultDataset(
          name: "chosen", axes: ["question", "variant"],
          shape: [questions.count, variants.count],
          values: .integers(
            questions.flatMap { question in
              variants.indices.map { question.chosen(variant: $0) }
            })),
      ] + ResultDataset.signs(questions.compactMap(\.sign), axis: "question"))
  }

  private func figures(
    _ name: String, _ rows: [Row], _ figure: (Accuracy) -> Double
  ) -> ResultDataset {
    ResultDataset(
      name: name, axes: ["row", "variant"], shape: [rows.count, variants.count],
      values: .doubles(rows.flatMap { $0.accuracies.map(figure) }))
  }
}
