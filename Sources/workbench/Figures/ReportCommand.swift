import ArgumentParser
import Figures
import ModelLibrary

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write results as one offline page, or as a notebook.",
    discussion: """
      EXAMPLE
        workbench report run.h5 -o report.html
        workbench report run.h5 sweep.h5 states.h5 -o report.html
        workbench report run.h5 --notebook run.ipynb

      The page says how every result was made, and shows what the files hold: t-SNE
      with a slider over layers, the classifier, the lens, sweeps over layers, and
      the prompts and answers behind the numbers. It opens without a network. A file
      of states tells the texts of prompts that other files know by id alone. The
      notebook opens the file with h5py and draws with matplotlib.
      """)

  @Argument(help: ArgumentHelp("Files with results of analyses.", valueName: "run.h5"))
  var files: [String]

  @Option(
    name: [.long, .customShort("o")],
    help: ArgumentHelp("The page to write.", valueName: "report.html"))
  var output: String?

  @Option(
    help: ArgumentHelp("The Jupyter notebook to write, of one file.", valueName: "out.ipynb"))
  var notebook: String?

  @Flag(help: "Replace what exists.")
  var force = false

  func validate() throws {
    guard output != nil || notebook != nil else {
      throw ValidationError("Give --output for a page, --notebook for a notebook, or both.")
    }
    guard output != notebook else {
      throw ValidationError("--output and --notebook name one file; give each its own.")
    }
    guard notebook == nil || files.count == 1 else {
      throw ValidationError("A notebook is of one file; name one, or leave --notebook out.")
    }
  }

  func run() throws {
    for target in [output, notebook].compactMap({ $0 }) {
      try expectOther(target, than: files)
    }
    if let output {
      let plotly = CacheFolder().path(of: "plotly.min.js")
      try PlotlyLibrary.expectGenuine(plotly)
      try Report(of: files).write(
        to: output, plotly: plotly,
        commandLine: CommandText.thisRun,
        toolVersion: Workbench.version, overwrite: force)
    }
    if let notebook {
      try Notebook(of: files[0]).write(to: notebook, overwrite: force)
    }
  }
}
