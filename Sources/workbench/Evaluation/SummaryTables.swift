import Analysis

/// What `workbench eval summaries` prints and writes as CSV.
struct SummaryTables {
  private let found: SummaryFindings
  private let task: CapabilityTask

  init(_ found: SummaryFindings, task: CapabilityTask) {
    self.found = found
    self.task = task
  }

  private var rows: [(variant: String, refusals: Int, means: [Rouge.Score])] {
    found.variants.enumerated().map { index, variant in
      (
        variant, found.items.count { $0.answers[index].isRefusal }, found.means(variant: index)
      )
    }
  }

  var csv: (header: [String], rows: [[String]]) {
    (
      ["id", "variant", "reference", "summary", "refused"]
        + ["1", "2", "l"].flatMap { measure in
          ["precision", "recall", "f"].map { "rouge_\(measure)_\($0)" }
        },
      found.items.flatMap { item in
        found.variants.indices.map { index in
          [
            item.id, found.variants[index], item.reference, item.answers[index].text,
            item.answers[index].isRefusal ? "1" : "0",
          ] + item.scores[index].flatMap { ["\($0.precision)", "\($0.recall)", "\($0.f)"] }
        }
      }
    )
  }

  var json: [SummaryJSON] {
    rows.map { variant, refusals, means in
      SummaryJSON(
        variant: variant, documents: found.items.count, refusals: refusals,
        scores: zip(Rouge.names, means).map { SummaryJSON.Measure(measure: $0, score: $1) })
    }
  }

  var table: TitledTable {
    let cut = found.items.count(where: \.isCut)
    return TitledTable(
      title:
        "\(task.model.name), ROUGE of \(found.items.count) summaries in percent"
        + task.steeringLine("from the query end on")
        + (cut > 0 ? "\nof \(counted(cut, "document")) the end did not fit and was left out" : ""),
      header: ["", "refused"] + Rouge.names.flatMap { ["\($0) P", "R", "F"] },
      rows: rows.map { variant, refusals, means in
        [variant, share(refusals, of: found.items.count)]
          + means.flatMap { [$0.precision, $0.recall, $0.f].map { decimals(100 * $0, 2) } }
      })
  }
}

/// Mean ROUGE as JSON, in 0...1.
struct SummaryJSON: Encodable {
  struct Measure: Encodable {
    let measure: String
    let score: Rouge.Score
  }

  let variant: String
  let documents: Int
  let refusals: Int
  let scores: [Measure]
}
