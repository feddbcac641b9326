import ActivationStore
import Analysis

/// What `workbench eval speed` prints and writes.
struct SpeedTables {
  private let found: SpeedFindings
  private let task: CapabilityTask
  private let rounds: Int
  private let newTokens: Int

  init(_ found: SpeedFindings, task: CapabilityTask, rounds: Int, newTokens: Int) {
    self.found = found
    self.task = task
    self.rounds = rounds
    self.newTokens = newTokens
  }

  var attributes: [String: ResultValue] {
    task.attributes.merging([
      "rounds": .integer(rounds), "max_new_tokens": .integer(newTokens),
      "threads": .integer(task.engine.threads),
    ]) { $1 }
  }

  var csv: (header: [String], rows: [[String]]) {
    (
      [
        "rows", "round", "variant", "tokens", "prompt_seconds", "decode_seconds", "peak_bytes",
      ],
      found.runs.map { run in
        [
          "\(run.rows)", "\(run.round + 1)", found.variants[run.variant],
          "\(run.figures.tokens)", "\(run.figures.promptSeconds)",
          "\(run.figures.decodeSeconds)", "\(run.figures.peakBytes)",
        ]
      }
    )
  }

  var json: [SpeedJSON] {
    found.rows.flatMap { rows in
      found.variants.indices.map { variant in
        func median(_ figure: (SpeedFindings.Figures) -> Double) -> Double {
          found.median(rows: rows, variant: variant, figure)
        }
        return SpeedJSON(
          rows: rows, variant: found.variants[variant],
          decodeTokensPerSecond: median(\.decodeRate), wholeTokensPerSecond: median(\.wholeRate),
          peakBytes: median { Double($0.peakBytes) })
      }
    }
  }

  var table: TitledTable {
    TitledTable(
      title:
        "\(task.model.name), \(task.engine.precision.rawValue), "
        + "\(counted(task.engine.threads, "thread")), medians of \(counted(rounds, "round")) of "
        + "\(newTokens) tokens an answer" + task.steeringLine("from the query end on"),
      header: ["answers at once", "", "decode tokens/s", "whole tokens/s", "peak memory"],
      rows: json.map { row in
        [
          "\(row.rows)", row.variant, decimals(row.decodeTokensPerSecond, 1),
          decimals(row.wholeTokensPerSecond, 1), size(Int(row.peakBytes)),
        ]
      }, firstNumber: 2)
  }
}

/// A line of the table as JSON: medians over the rounds.
struct SpeedJSON: Encodable {
  let rows: Int
  let variant: String
  let decodeTokensPerSecond: Double
  let wholeTokensPerSecond: Double
  let peakBytes: Double
}
