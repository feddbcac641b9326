import ActivationStore
import Figures
import Foundation
import TestSupport
import Testing

@Suite("The report")
struct ReportTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
    try Data("/* plotting {{data}} library */".utf8)
      .write(to: URL(fileURLWithPath: folder("plotly.min.js")))
  }

  @Test("Everything comes back as it was, and closes no element of the page")
  func escaping() throws {
    let page = try report([folder.write(Sample.all)])
    #expect(page.ranges(of: "</script>").count == 3)
    #expect(page.contains("/* plotting {{data}} library */"))
    #expect(!page.contains("<b>bold</b>") && !page.contains("<i>"))
    let file = try file(page)
    let tsne = try #require(file["tsne"] as? [String: Any])
    #expect(tsne["texts"] as? [String] == Sample.texts)
    let answers = try #require(file["answers"] as? [String: Any])
    let prompts = try #require(answers["prompts"] as? [[String: Any]])
    #expect(prompts.compactMap { $0["text"] as? String } == Sample.texts)
    #expect(prompts[2]["unsteered"] as? String == "Sure <script>")
    let settings = try #require(answers["settings"] as? [[String: Any]])
    #expect((settings[1]["answers"] as? [String])?.first == "answer 4 <i>")
  }

  @Test("What was run is said for every group, also for those without a figure")
  func provenance() throws {
    let other = ResultGroup(name: "other", attributes: ["k": .integer(1)], datasets: [])
    let file = try file(report([folder.write([other, Sample.classifier])]))
    let groups = try #require(file["groups"] as? [[String: Any]])
    #expect(groups.map { $0["name"] as? String } == ["classifier", "other"])
    #expect(groups[1]["commandLine"] as? String == "workbench sample --of \"it\"")
    #expect(groups[1]["created"] as? String == "2023-11-14T22:13:20Z")
    #expect(groups[1]["settings"] as? [[String]] == [["k", "1"]])
  }

  @Test("The page has parts only of the groups that exist")
  func parts() throws {
    let expected: [(ResultGroup, Set<String>)] = [
      (Sample.embedding, ["tsne", "answers"]), (Sample.classifier, ["classifier", "answers"]),
      (Sample.ablation(), ["sweep", "refusals", "answers"]),
      (Sample.steering, ["refusals", "answers"]), (Sample.lensOfStates, ["lens"]),
      (Sample.lensOfVectors, ["vectorLens"]), (Sample.evaluationTable(), ["evaluation"]),
      (Sample.evaluation, []),
    ]
    for (group, parts) in expected {
      let file = try file(report([folder.write([group], to: "\(group.name).h5")]))
      #expect(Set(file.keys) == parts.union(["name", "groups"]), "\(group.name)")
    }
  }

  @Test("An evaluation has its shares trial by trial, and every answer under its column")
  func evaluation() throws {
    let run = try folder.write([Sample.evaluation, Sample.evaluationTable(trials: 2)])
    let found = try #require(try file(report([run]))["evaluation"] as? [String: Any])
    #expect(found["columns"] as? [String] == ["one safe", "one unsafe", "two safe"])
    #expect(found["trials"] as? Int == 2)
    let rows = try #require(found["rows"] as? [[String: Any]])
    #expect(rows.map { $0["method"] as? String } == ["default", "scans-repo"])
    let cells = try #require(rows[1]["cells"] as? [[String: [Any]]])
    #expect(cells.count == 4)
    #expect(cells[0]["rates"] as? [Double] == [0.5, 0.5])
    #expect(cells[2]["low"]?[0] as? Double == 0.25 && cells[2]["low"]?[1] is NSNull)
    #expect(cells[3]["rates"] as? [Double] == [0.75, 0.75])
    let answers = try #require(found["answers"] as? [String: Any])
    let columns = try #require(answers["columns"] as? [[String: Any]])
    let names = ["default", "scans-repo, σ = +1", "scans-repo, σ = −1"]
    #expect(columns.map { $0["name"] as? String } == names)
    let said = try #require(columns[1]["answers"] as? [Any])
    #expect(said[0] as? String == "said 4 </script>" && said[3] is NSNull)
  }

  @Test("What a method does by chance stands under it")
  func chance() throws {
    var table = Sample.evaluationTable()
    table.datasets += [
      Sample.texts("control", "control", ["random-directions", "shuffled-signs"]),
      Sample.texts("control_method", "control", ["scans-repo", "scans-repo"]),
      Sample.integers("control_count", axis: "control", [5, 1000]),
      Sample.doubles(
        "control_rate_low", ["control", "column"], [2, 3], [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
      Sample.doubles(
        "control_rate_high", ["control", "column"], [2, 3], [1, 0.9, 0.8, 0.7, 0.6, 0.5]),
      Sample.doubles("control_average_low", ["control"], [2], [0.25, 0.5]),
      Sample.doubles("control_average_high", ["control"], [2], [0.75, 0.5]),
    ]
    let run = try folder.write([table])
    let found = try #require(try file(report([run]))["evaluation"] as? [String: Any])
    let rows = try #require(found["rows"] as? [[String: Any]])
    #expect((rows[0]["controls"] as? [Any])?.isEmpty == true)
    let controls = try #require(rows[1]["controls"] as? [[String: Any]])
    #expect(
      controls.map { $0["name"] as? String }
        == ["5 sets of random directions", "its signs shuffled"])
    #expect(controls[0]["low"] as? [Double] == [0, 0.1, 0.2, 0.25])
    #expect(controls[1]["high"] as? [Double] == [0.7, 0.6, 0.5, 0.5])
  }

  @Test("Files of earlier versions, which know no broken answers, are shown all the same")
  func earlier() throws {
    let newer: Set<String> = [
      "broken_rate", "judged_average", "defect", "prompt_defect", "baseline_defect",
      "unsteered_defect", "steered_defect",
    ]
    let groups = [
      Sample.evaluation, Sample.evaluationTable(), Sample.ablation(), Sample.steering,
    ].map { group in
      var group = group
      group.datasets.removeAll { newer.contains($0.name) }
      return group
    }
    let file = try file(report([folder.write(groups)]))
    #expect(file["evaluation"] != nil && file["sweep"] != nil && file["refusals"] != nil)
  }

  @Test("NaN is told as unknown, and an unfinished sweep as that")
  func unknown() throws {
    let run = try folder.write([Sample.embedding, Sample.ablation(done: [1, 0, 0, 0, 0, 0])])
    let file = try file(report([run]))
    let measures = try #require((file["tsne"] as? [String: Any])?["measures"] as? [[String: Any]])
    let values = try #require(measures[0]["values"] as? [Any])
    #expect(values.map { $0 as? Double } == [0.1, 0.9, nil])
    let sweep = try #require(file["sweep"] as? [String: Any])
    #expect((sweep["note"] as? String)?.hasSuffix("1 of 6 points are done.") == true)
  }

  @Test("Texts come from another file only where all agree on them")
  func texts() throws {
    let classifier = try folder.write([Sample.classifier], to: "a.h5")
    let steering = try folder.write([Sample.steering], to: "b.h5")
    let other = Sample.steering.replacing(
      "prompt_text", with: .texts(["another"] + Sample.texts.dropFirst()))
    let disagreeing = try folder.write([other], to: "c.h5")
    #expect(try prompts([classifier])[0]["text"] == nil)
    #expect(try prompts([classifier, steering])[0]["text"] as? String == Sample.texts[0])
    let found = try prompts([classifier, steering, disagreeing])
    #expect(found[0]["text"] == nil && found[1]["text"] as? String == Sample.texts[1])
  }

  @Test("A sign that was given is no verdict on the prompts")
  func givenSign() throws {
    var given = Sample.steering
    given.datasets.removeAll { $0.name == "score" }
    let signs = try prompts([folder.write([given])])
    #expect(signs.map { $0["sign"] as? Int } == [-1, 1, -1, 1])
    #expect(signs.allSatisfy { $0["sigma"] == nil })
    #expect(try prompts([folder.write([Sample.steering])])[1]["sigma"] as? Int == 1)
  }

  @Test("The page fetches nothing")
  func offline() throws {
    let page = try report([folder.write(Sample.all)])
    for reference in [" src=", "http:", "https:", "@import", "url("] {
      #expect(!page.contains(reference), "\(reference)")
    }
    #expect(page.contains("default-src 'none'"))
  }

  @Test("450 prompts at 30 layers make a page below 10 MB, in less than 2 s")
  func size() throws {
    let run = try folder.write([Sample.large(prompts: 450, layers: 30)])
    let (page, seconds) = try processorSeconds { try report([run]) }
    #expect(seconds < 2)
    // Plotly itself has 4.8 MB.
    #expect(page.utf8.count < 5_000_000)
  }

  @Test("Files without results, a missing library, a page that exists")
  func errors() throws {
    let empty = try folder.write([], to: "empty.h5")
    #expect(throws: FigureError.noResults(path: empty)) { try Report(of: [empty]) }
    let run = try folder.write(Sample.all)
    #expect(throws: FigureError.plotlyMissing(path: folder("none.js"))) {
      try Report(of: [run]).write(
        to: folder("r.html"), plotly: folder("none.js"), commandLine: "", toolVersion: "",
        overwrite: false)
    }
    _ = try report([run], overwrite: false)
    #expect(throws: FigureError.store(.outputExists(path: folder("report.html")))) {
      _ = try report([run], overwrite: false)
    }
  }

  private func prompts(_ runs: [String]) throws -> [[String: Any]] {
    let answers = try #require(try file(report(runs))["answers"] as? [String: Any])
    return try #require(answers["prompts"] as? [[String: Any]])
  }

  private func report(_ runs: [String], overwrite: Bool = true) throws -> String {
    try Report(of: runs).write(
      to: folder("report.html"), plotly: folder("plotly.min.js"), commandLine: "workbench <report>",
      toolVersion: "0.1.0", overwrite: overwrite)
    return try folder.text("report.html")
  }

  /// The first file's part of the data that the page embeds.
  private func file(_ page: String) throws -> [String: Any] {
    let start = try #require(page.firstRange(of: "id=\"data\">")).upperBound
    let end = try #require(page[start...].firstRange(of: "</script>")).lowerBound
    let data = try JSONSerialization.jsonObject(with: Data(page[start..<end].utf8))
    let files = try #require((data as? [String: Any])?["files"] as? [[String: Any]])
    return try #require(files.first)
  }
}
