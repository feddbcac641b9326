import ActivationStore
import Numerics
import ResultSchemas

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
    runs.filter { $0.rows == rows && $0.variant == variant }.map { figure($0.figures) }.median
      ?? .nan
  }
}

extension SpeedFindings {
  public static let groupName = SpeedSchema.group

  /// `attributes` say how the answers were generated.
  public func group(attributes: [String: ResultValue]) -> ResultGroup {
    func medians(_ schema: DatasetSchema, _ figure: (Figures) -> Double) -> ResultDataset {
      schema.dataset(
        .doubles(
          rows.flatMap { rows in
            variants.indices.map { median(rows: rows, variant: $0, figure) }
          }), ["rows": rows.count, "variant": variants.count])
    }
    return ResultGroup(
      name: Self.groupName, attributes: attributes,
      datasets: [
        SpeedSchema.variant.column(.texts(variants)),
        SpeedSchema.rows.column(.integers(rows)),
        medians(SpeedSchema.decodeRate, \.decodeRate),
        medians(SpeedSchema.wholeRate, \.wholeRate),
        medians(SpeedSchema.peakBytes) { Double($0.peakBytes) },
        SpeedSchema.runRows.column(.integers(runs.map(\.rows))),
        SpeedSchema.runRound.column(.integers(runs.map(\.round))),
        SpeedSchema.runVariant.column(.integers(runs.map(\.variant))),
        SpeedSchema.runTokens.column(.integers(runs.map(\.figures.tokens))),
        SpeedSchema.runPeakBytes.column(.integers(runs.map(\.figures.peakBytes))),
        SpeedSchema.runPromptSeconds.column(.doubles(runs.map(\.figures.promptSeconds))),
        SpeedSchema.runDecodeSeconds.column(.doubles(runs.map(\.figures.decodeSeconds))),
      ])
  }
}
