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

/// What tables are compared with.
enum EvalComparison: String, CaseIterable, ExpressibleByArgument { case paper }

/// Where tables go besides the terminal.
struct EvalShowTables: ParsableArguments {
  @Option(help: ArgumentHelp("Print the published numbers beside ours: paper.", valueName: "what"))
  var compare: EvalComparison?

  @Option(help: ArgumentHelp("Write the tables as Markdown too.", valueName: "file"))
  var markdown: String?

  @Option(help: ArgumentHelp("Write the tables as LaTeX too.", valueName: "file"))
  var latex: String?

  /// The files, if asked for; refuses one that would replace a file that the run reads.
  func open(reading inputs: [String], overwrite: Bool) throws -> [(OutputFile, TableMarkup)] {
    let named = [(markdown, TableMarkup.markdown), (latex, TableMarkup.latex)]
    return try named.compactMap { path, markup in
      try path.map { path in
        try expectOther(path, than: inputs)
        return (try OutputFile(path: path, overwrite: overwrite), markup)
      }
    }
  }

  func validate() throws {
    for (flag, path) in [("--markdown", markdown), ("--latex", latex)] {
      if let path, path.isEmpty || path.hasSuffix("/") {
        throw ValidationError("\(flag) \"\(path)\" has no file name; give one.")
      }
    }
    guard markdown == nil || markdown != latex else {
      throw ValidationError("--markdown and --latex name one file; give each its own.")
    }
  }
}
