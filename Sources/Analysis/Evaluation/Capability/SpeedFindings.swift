import ActivationStore

/// How long answers took.
public struct SpeedFindings: Sendable {
  /// One run of the engine.
  public struct Figures: Sendable {
    /// Tokens of all answers.
    public var tokens: Int
    public var answers: Int
    /// Until every answer had its first token.
    public var promptSeconds: Double
    /// From there to the last token.
    public var decodeSeconds: Double
    /// The most resident memory of the process.
    public var peakBytes: Int

    /// Tokens a second after the first of each answer; of one token each there is no rate.
    public var decodeRate: Double {
      decodeSeconds > 0 ? Double(tokens - answers) / decodeSeconds : .nan
    }

    /// Tokens a second, the prompts' time included.
    public var wholeRate: Double { Double(tokens) / (promptSeconds + decodeSeconds) }
  }

  /// A run and what it was of.
  public struct Run: Sendable {
    public var rows: Int
    /// Counted from 0.
    public var round: Int
    public var variant: Int
    public var figures: Figures
  }

  public var runs: [Run]
  /// Answers generated together, each with rounds of its own.
  public var rows: [Int]
  public var isSteered: Bool

  /// The variants' names.
  public var variants: [String] { isSteered ? ["unsteered", "steered"] : ["unsteered"] }

  /// The median over the rounds.
  public func median(rows: Int, variant: Int, _ figure: (Figures) -> Double) -> Double {
    let sorted = runs.filter { $0.rows == rows && $0.variant == variant }
      .map { figure($0.figures) }.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// The group `speed` of a results file.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `variant`, `rows` | variant, rows | UTF-8, int64 | `unsteered`, `steered`; answers at once |
/// | `decode_rate`, `whole_rate`, `peak_bytes` | rows, variant | float64 | medians: tokens/s, tokens/s with the prompts' time, bytes |
/// | `run_rows`, `run_round`, `run_variant` | run | int64 | which run, in the order in which they ran |
/// | `run_tokens`, `run_peak_bytes` | run | int64 | |
/// | `run_prompt_seconds`, `run_decode_seconds` | run | float64 | |
extension SpeedFindings {
  public static let groupName = "speed"

  /// `attributes` say how the answers were generated.
  public func group(attributes: [String: ResultValue]) -> ResultGroup {
    ResultGroup(
      name: Self.groupName, attributes: attributes,
      datasets: [
        .column("variant", "variant", .texts(variants)),
        .column("rows", "rows", .integers(rows)),
        medians("decode_rate", \.decodeRate), medians("whole_rate", \.wholeRate),
        medians("peak_bytes") { Double($0.peakBytes) },
        .column("run_rows", "run", .integers(runs.map(\.rows))),
        .column("run_round", "run", .integers(runs.map(\.round))),
        .column("run_variant", "run", .integers(runs.map(\.variant))),
        .column("run_tokens", "run", .integers(runs.map(\.figures.tokens))),
        .column("run_peak_bytes", "run", .integers(runs.map(\.figures.peakBytes))),
        .column("run_prompt_seconds", "run", .doubles(runs.map(\.figures.promptSeconds))),
        .column("run_decode_seconds", "run", .doubles(runs.map(\.figures.decodeSeconds))),
      ])
  }

  private func medians(_ name: String, _ figure: (Figures) -> Double) -> ResultDataset {
    ResultDataset(
      name: name, axes: ["rows", "variant"], shape: [rows.count, variants.count],
      values: .doubles(
        rows.flatMap { rows in
          variants.indices.map { median(rows: rows, variant: $0, figure) }
        }))
  }
}
