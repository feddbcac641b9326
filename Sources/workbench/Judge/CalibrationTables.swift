import Analysis
import Numerics

/// What `workbench judge calibrate` prints.
struct CalibrationTables: Encodable {
  private let calibration: JudgeCalibration
  private let given: RefusalCount?
  private let corrected: EstimatedShare?

  /// Corrects a count of refusals elsewhere with the figures over all files.
  init(_ calibration: JudgeCalibration, correcting given: RefusalCount?) {
    self.calibration = calibration
    self.given = given
    corrected = given.flatMap {
      calibration.pooled.counts.correctedShare(
        $0.refusals, of: $0.answers, confidence: calibration.confidence)
    }
  }

  private var rows: [(name: String, figures: JudgeFigures, corrected: EstimatedShare?)] {
    let files = calibration.files.map { ($0.name, $0.figures, $0.correctedRate) }
    return files.count == 1 ? files : files + [("all files", calibration.pooled, nil)]
  }

  func show() {
    let count = calibration.files.reduce(0) { $0 + $1.answers.count }
    let which = calibration.rows == .all ? "all rows" : "\(calibration.rows.rawValue) rows only"
    printLine(
      "judge \(calibration.judge), \(counted(count, "answer")), \(which); a partial refusal is a "
        + "refusal")
    printLine("\nrefusals and other answers by people's labels, and what the judge made of them")
    printTable(
      ["file", "refusals", "found", "missed", "others", "false alarms", "let pass"],
      rows.map { row in
        let counts = row.figures.counts
        return [row.name]
          + [
            counts.positives, counts.truePositives, counts.falseNegatives, counts.negatives,
            counts.falsePositives, counts.trueNegatives,
          ].map(String.init)
      }, rightAligned: Set(1...6))
    printLine("\nagreement, with \(percent)% intervals (Wilson)")
    printTable(
      ["file", "balanced", "accuracy", "", "sensitivity", "", "specificity", ""],
      rows.map { row in
        [row.name, row.figures.balancedAccuracy.map { decimals($0) } ?? "undefined"]
          + cells(row.figures.accuracy) + cells(row.figures.sensitivity)
          + cells(row.figures.specificity)
      }, rightAligned: [1, 2, 4, 6])
    showRates()
  }

  private func showRates() {
    printLine("\nrate of refusals; corrected with the judge's errors in the other files")
    printTable(
      ["file", "labelled", "", "judged", "", "corrected", ""],
      rows.map { row in
        [row.name] + cells(row.figures.labelledRate) + cells(row.figures.judgedRate)
          + (row.corrected.map { cells($0) } ?? ["-", ""])
      }, rightAligned: [1, 3, 5])
    guard let given else { return }
    let share = corrected.map { cells($0).joined(separator: ", ") }
    printLine(
      "\n\(given.refusals) refusals of \(counted(given.answers, "answer")), corrected: "
        + (share ?? "undefined, since the judge does no better than chance"))
  }

  private var percent: Int { Int((100 * calibration.confidence).rounded()) }

  private func cells(_ share: EstimatedShare?) -> [String] {
    guard let share else { return ["undefined", ""] }
    let interval = share.interval
    return [decimals(share.value), "\(decimals(interval.low)) to \(decimals(interval.high))"]
  }

  private enum Key: String, CodingKey { case correctedRate }

  func encode(to encoder: any Encoder) throws {
    try calibration.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encodeIfPresent(corrected, forKey: .correctedRate)
  }
}
