import ActivationStore
import Foundation

/// One offline page about files of results: how each was made, figures to explore, and the prompts
/// and answers behind every number.
public struct Report {
  private let files: [ReportFile]

  /// Reads the files; what a file does not hold is left out of the page.
  ///
  /// A file of activations tells the texts of prompts that the others know by id alone.
  ///
  /// - Throws: a `FigureError`, also where no file has results.
  public init(of paths: [String]) throws(FigureError) {
    let runs = try paths.map { path throws(FigureError) in try RunFile(path: path) }
    guard runs.contains(where: { !$0.groups.isEmpty }) else {
      throw .noResults(path: paths.joined(separator: ", "))
    }
    let texts = try PromptTexts(runs)
    files = try runs.map { run throws(FigureError) in try ReportFile(run, texts: texts) }
  }

  /// Writes the page, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: of the HTML file.
  ///   - plotly: the path of plotly.min.js, which the page carries inside.
  ///   - commandLine: what the page says that it was made with.
  ///   - toolVersion: of the workbench.
  ///   - overwrite: whether a page that exists is replaced.
  /// - Throws: a `FigureError`, for instance where there is no plotly.min.js.
  public func write(
    to path: String, plotly: String, commandLine: String, toolVersion: String, overwrite: Bool
  ) throws(FigureError) {
    guard let library = try? String(contentsOfFile: plotly, encoding: .utf8) else {
      throw .plotlyMissing(path: plotly)
    }
    let data = ReportData(commandLine: commandLine, toolVersion: toolVersion, files: files)
    let page = ReportPage(plotly: library, data: try data.json(for: path))
    try writeWhole(page.html, to: path, overwrite: overwrite)
  }
}

/// Writes a text file under a name that it takes only when it is complete.
func writeWhole(_ text: String, to path: String, overwrite: Bool) throws(FigureError) {
  do throws(StoreError) {
    let partial = try PartialFile(for: path, overwrite: overwrite)
    try partial.fill(with: text)
    try partial.publish()
  } catch {
    throw .store(error)
  }
}

/// The page's template, filled in.
struct ReportPage {
  /// The library, which must not close its own script element.
  let plotly: String
  /// The data, without any `<`.
  let data: String

  var html: String {
    let parts = [
      "css": text(PackageResources.report_css), "plotly": plotly, "data": data,
      "js": text(PackageResources.report_js),
    ]
    var page = ""
    // Each part is put in once, so that a part's own braces are left alone.
    for piece in text(PackageResources.report_html).split(separator: "{{") {
      let split = piece.split(separator: "}}", maxSplits: 1, omittingEmptySubsequences: false)
      guard split.count == 2, let part = parts[String(split[0])] else {
        page += piece
        continue
      }
      page += part
      page += split[1]
    }
    return page
  }
}

/// A file that the program carries inside, as text.
func text(_ resource: [UInt8]) -> String { String(decoding: resource, as: UTF8.self) }
