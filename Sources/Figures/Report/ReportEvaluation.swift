/// Refusal rates of methods on benchmarks, as the page embeds them.
struct ReportEvaluation: Encodable {
  /// A share in each trial; null where a trial has no prompts.
  struct Cell: Encodable {
    let rates: [Double?]
    let low: [Double?]
    let high: [Double?]
    /// McNemar's p against Default.
    let p: [Double?]
    /// Shares of broken answers; of the last cell the average as the paper counts.
    let beside: [Double?]
  }

  struct Row: Encodable {
    let method: String
    /// The columns, then what was treated right of all.
    let cells: [Cell]
    let controls: [Control]
  }

  /// From the least to the most that chance does, by column, then of all.
  struct Control: Encodable {
    let name: String
    let low: [Double?]
    let high: [Double?]
  }

  struct Answers: Encodable {
    struct Prompt: Encodable {
      let id: String
      let set: String
      let label: String
      let text: String
    }

    struct Column: Encodable {
      let name: String
      /// Null where there is no answer.
      let answers: [String?]
      /// `AnswerCodes`.
      let codes: [Int?]
    }

    let prompts: [Prompt]
    let columns: [Column]
  }

  let columns: [String]
  let trials: Int
  let rows: [Row]
  let answers: Answers?

  init(_ table: EvaluationTable, _ found: EvaluationAnswers?) {
    let (columnCount, trialCount) = (table.sets.count, table.seeds.count)
    columns = zip(table.sets, table.labels).map { "\($0) \($1)" }
    trials = trialCount
    rows = table.methods.enumerated().map { method, name in
      let cells = (0..<columnCount).map { column in
        let start = (method * columnCount + column) * trialCount
        return Cell(
          start..<start + trialCount, table.rates, table.low, table.high, table.p,
          table.brokenRates)
      }
      let own = method * trialCount..<(method + 1) * trialCount
      let average = Cell(
        own, table.averages, table.averageLow, table.averageHigh, table.averageP,
        table.judgedAverages)
      let controls = table.controls.filter { $0.method == name }.map {
        Control(name: $0.name, low: $0.low.map { known($0) }, high: $0.high.map { known($0) })
      }
      return Row(method: name, cells: cells + [average], controls: controls)
    }
    answers = found.map(Answers.init)
  }
}

extension ReportEvaluation.Cell {
  fileprivate init(
    _ range: Range<Int>, _ rates: [Double], _ low: [Double], _ high: [Double], _ p: [Double],
    _ beside: [Double]
  ) {
    // As they are: a table rounds them, and twice rounded would be another number.
    func known(_ values: [Double]) -> [Double?] { values[range].map { $0.isFinite ? $0 : nil } }
    self.init(
      rates: known(rates), low: known(low), high: known(high), p: known(p),
      beside: known(beside))
  }
}

extension ReportEvaluation.Answers {
  fileprivate init(_ found: EvaluationAnswers) {
    prompts = found.ids.indices.map {
      Prompt(
        id: found.ids[$0], set: found.sets[$0], label: found.labels[$0], text: found.texts[$0])
    }
    columns = found.names.indices.map { column in
      let codes = found.codes[column]
      return Column(
        name: found.names[column],
        answers: zip(found.answers[column], codes).map { $1 < 0 ? nil : $0 },
        codes: codes.map { $0 < 0 ? nil : $0 })
    }
  }
}
