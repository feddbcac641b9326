import Analysis
import ArgumentParser

/// How the classifier's scores become signs.
struct EvalShowReading: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The threshold of s_q: a number, or anchors; 0.75 or the run's when absent.",
      valueName: "T"))
  var threshold: ThresholdChoice?

  @Option(
    help: ArgumentHelp(
      "The layers that s_q is the mean over, e.g. 10-29; SCANS's or the run's when absent.",
      valueName: "list"))
  var classifierLayers: LayerList?

  var isGiven: Bool { threshold != nil || classifierLayers != nil }
}

/// What tables are compared with, and where they go.
struct EvalShowTables: ParsableArguments {
  enum Comparison: String, CaseIterable, ExpressibleByArgument { case paper }

  @Option(help: ArgumentHelp("Print the published numbers beside ours: paper.", valueName: "what"))
  var compare: Comparison?

  @OptionGroup var files: TableFileOptions
}
