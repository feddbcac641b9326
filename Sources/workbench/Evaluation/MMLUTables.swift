import ActivationStore
import Analysis
import Prompts

/// What `workbench eval mmlu` prints and writes.
struct MMLUTables {
  private let found: MMLUFindings
  private let task: CapabilityTask
  private let shots: Int

  init(_ found: MMLUFindings, task: CapabilityTask, shots: Int) {
    self.found = found
    self.task = task
    self.shots = shots
  }

  private var isSteeredEverywhere: Bool { task.rule?.profile == .repository }

  var attributes: [String: ResultValue] {
    var attributes: [String: ResultValue] = ["max_shots": .integer(shots)]
    if found.isSteered {
      attributes["steered_positions"] = .text(isSteeredEverywhere ? "all" : "last")
    }
    return task.attributes.merging(attributes) { $1 }
  }

  /// A row for every question; of a steered run, with the steered model's answer too.
  var csv: (header: [String], rows: [[String]]) {
    let letters = ChoiceQuestion.letters
    let answers = found.variants.map { $0 == "unsteered" ? "" : "\($0)_" }.flatMap { prefix in
      ["\(prefix)chosen"] + letters.map { "\(prefix)log_p_\($0.lowercased())" }
    }
    let signs = found.isSteered ? ["sigma", "score"] : []
    return (
      ["subject", "question", "shots", "answer"] + answers + signs,
      found.questions.map { question in
        [question.subject, "\(question.number)", "\(question.shots)", letters[question.answer]]
          + found.variants.indices.flatMap { variant in
            [letters[question.chosen(variant: variant)]]
              + question.logProbabilities[variant].map { "\($0)" }
          }
          + (question.sign.map { ["\($0.sigma)", $0.score.map { "\($0)" } ?? ""] } ?? [])
      }
    )
  }

  var json: MMLUJSON {
    MMLUJSON(
      letterTokens: found.letterTokens, letterTexts: found.letterTexts,
      rows: found.rows.map { row in
        MMLUJSON.Row(
          kind: row.kind.rawValue, name: row.name,
          variants: zip(found.variants, row.accuracies).map { variant, accuracy in
            MMLUJSON.Variant(
              variant: variant, questions: accuracy.questions, right: accuracy.right,
              accuracy: accuracy.share, standardError: accuracy.standardError)
          })
      })
  }

  var table: TitledTable {
    let tokens = found.letterTexts.map(visible).joined(separator: " ")
    let fewer = found.questions.count { $0.shots < shots }
    return TitledTable(
      title:
        "\(task.model.name), MMLU with \(counted(shots, "example")), answers among the tokens \(tokens)"
        + task.steeringLine(isSteeredEverywhere ? "at all positions" : "at the last token")
        + (fewer > 0 ? "\n\(counted(fewer, "prompt")) had room for fewer examples" : ""),
      header: ["", "questions"] + found.variants.flatMap { [$0, "standard error"] },
      rows: found.rows.map { row in
        [row.name, "\(row.accuracies.first?.questions ?? 0)"]
          + row.accuracies.flatMap { accuracy in
            [percent(accuracy.share), accuracy.standardError.map { decimals(100 * $0, 1) } ?? "-"]
          }
      })
  }
}

/// MMLU's accuracies as JSON.
struct MMLUJSON: Encodable {
  struct Variant: Encodable {
    let variant: String
    let questions: Int
    let right: Int
    let accuracy: Double
    /// Absent where there is one question.
    let standardError: Double?
  }

  struct Row: Encodable {
    /// subject, group or total.
    let kind: String
    let name: String
    let variants: [Variant]
  }

  let letterTokens: [Int]
  let letterTexts: [String]
  let rows: [Row]
}
