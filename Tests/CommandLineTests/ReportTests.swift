import Foundation
import Testing

@Suite("Reports, from the command line")
struct ReportTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.writeClassifier(cosines: [0.1, 0.2, 0.7, 0.9])
  }

  @Test(
    "The page carries the library of the cache, the results and its own command line",
    .enabled(if: Workplace.plotly != nil, "needs plotly.min.js, by `make plotly`"))
  func page() throws {
    try workplace.addPlotly()
    try workplace.run(["report", "run.h5", "-o", "report.html"]).expectSuccess()
    let page = String(decoding: try workplace.bytes("report.html"), as: UTF8.self)
    #expect(page.contains("plotly.js v") && page.contains("\"classifier\":{"))
    #expect(page.contains("report run.h5 -o report.html"))
  }

  @Test("Without the library, the sentence says how to get it, and nothing is written")
  func missingLibrary() throws {
    try workplace.expectRefusal(
      of: ["report", "run.h5", "-o", "report.html"],
      "there is no plotting library at \(workplace.cache)/plotly.min.js, which the report carries "
        + "inside; put it there with `make plotly`")
  }

  @Test("Another library in its place gets into no report")
  func otherLibrary() throws {
    try Data("alert()".utf8)
      .write(to: URL(fileURLWithPath: workplace.cache + "/plotly.min.js"))
    try workplace.expectRefusal(
      of: ["report", "run.h5", "-o", "report.html"],
      "\(workplace.cache)/plotly.min.js is not the plotting library that reports carry inside; "
        + "fetch it again with `make plotly`")
  }

  @Test("A notebook needs no library")
  func notebook() throws {
    try workplace.run(["report", "run.h5", "--notebook", "run.ipynb"]).expectSuccess()
    #expect(try workplace.names == ["run.h5", "run.ipynb", "tiny.gguf"])
  }

  @Test("Outputs that make no sense", arguments: [[], ["-o", "a", "--notebook", "a"]])
  func usage(outputs: [String]) throws {
    let output = try workplace.run(["report", "run.h5"] + outputs)
    #expect(output.status == 64)
  }

  @Test("A file of states alone has nothing to report")
  func noResults() throws {
    try workplace.write("Hi\n", to: "prompts.txt")
    try workplace.dump().expectSuccess()
    try workplace.expectRefusal(
      of: ["report", "out.h5", "-o", "report.html"],
      "out.h5 has no results of an analysis; add some, e.g. with `workbench classify -o`")
  }
}
