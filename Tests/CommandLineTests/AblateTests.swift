import ActivationStore
import Foundation
import TestSupport
import Testing

@Suite("ablate sweeps layers")
struct AblateTests {
  let place: SteeringWorkplace

  init() throws { place = try SteeringWorkplace() }

  private var workplace: Workplace { place.workplace }

  @Test("A table with the unablated model first, then every point")
  func table() throws {
    let output = try place.ablate(
      ["--mode", "steer,skip", "--alpha", "1,2", "--sign", "-1", "--answers", "3"])
    output.expectSuccess()
    let lines = output.stdout.split(separator: "\n").map(String.init)
    try #require(lines.count > 8)
    #expect(lines[0].hasPrefix("tiny, 4 prompts; refusals begin with "))
    #expect(output.stderr.contains("Warning: the vectors were made from 4 of these 4 prompts"))
    #expect(
      lines[1].hasPrefix(
        "mode   layers  alpha  sign  |av|/|x|  log-odds safe  log-odds unsafe  KL "))
    #expect(lines[1].hasSuffix("refused safe  refused unsafe  broken safe  broken unsafe"))
    #expect(lines.count == 2 + 1 + 2 * 2 + 2)
    #expect(lines[2].hasPrefix("none ") && lines[2].contains(" 0.000 "))
    #expect(lines[3].hasPrefix("steer  0           1    -1 "))
    #expect(lines[8].hasPrefix("skip   1 "))
  }

  @Test("JSON, CSV and HDF5 say the same")
  func formats() throws {
    let output = try place.ablate(
      ["--windows", "0-1", "--sign", "+1", "--csv", "sweep.csv", "--json"], output: "sweep.h5")
    output.expectSuccess()
    let json = try #require(
      JSONSerialization.jsonObject(with: Data(output.stdout.utf8)) as? [String: Any])
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect(rows.map { $0["mode"] as? String } == ["none", "steer"])
    let labels = try #require(rows[1]["labels"] as? [[String: Any]])
    let odds = try #require(labels[1]["refusalLogOdds"] as? Double)
    let group = try ResultFile.read("ablation", from: workplace.path("sweep.h5"))
    let stored = try #require(group.datasets.first { $0.name == "refusal_log_odds" })
    guard case .doubles(let values) = stored.values else { throw CocoaError(.fileReadCorruptFile) }
    // JSONSerialization may read a number one step beside it.
    #expect(stored.shape == [1, 2] && abs(values[1] - odds) <= odds.ulp)
    let csv = String(decoding: try workplace.bytes("sweep.csv"), as: UTF8.self)
    #expect(csv.split(separator: "\n").count == 1 + 2 * 2)
    #expect(csv.contains("steer,0,1,3.5,vector,"))
    #expect(csv.contains(",1,,unsafe,2,\(values[1]),"))
  }

  @Test("Random directions as long as the vectors stand for them, in rows and a table of their own")
  func controls() throws {
    let arguments = ["--mode", "steer,skip", "--windows", "0-1", "--sign", "-1", "--answers", "3"]
    let output = try place.ablate(
      arguments + ["--control", "random=2", "--csv", "c.csv"], output: "c.h5")
    output.expectSuccess()
    let bare = try place.ablate(arguments, output: "bare.h5")
    bare.expectSuccess()
    let lines = output.stdout.replacing(" ~", with: "").split(separator: "\n").map(String.init)
    let columns = { (line: String) in line.split(separator: " ").map(String.init) }
    let own = bare.stdout.split(separator: "\n").map(String.init)
    #expect(lines.prefix(own.count).map(columns) == own.map(columns))
    let title = "The same with random directions as long as the vectors, least to most of 2; "
    #expect(lines[own.count].hasPrefix(title))
    #expect(lines.count == own.count + 3 && lines[own.count + 2].contains(" to "))
    let group = try ResultFile.read("ablation", from: workplace.path("c.h5"))
    let control = try #require(group.datasets.first { $0.name == "control" })
    #expect(control.values == .integers([0, 0, 1, 2]))
    let csv = String(decoding: try workplace.bytes("c.csv"), as: UTF8.self)
    #expect(csv.split(separator: "\n").count == 1 + 2 * (1 + 4))
    let figure = try workplace.run(["figure", "c.h5", "ablation", "-o", "c.svg"])
    figure.expectSuccess()
    let svg = String(decoding: try workplace.bytes("c.svg"), as: UTF8.self)
    #expect(svg.contains("fill-opacity:0.16"))
    let again = try place.ablate(
      arguments + ["--control", "random=2", "--json", "--force"], output: "c.h5")
    let json = try #require(
      JSONSerialization.jsonObject(with: Data(again.stdout.utf8)) as? [String: Any])
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect(rows.compactMap { $0["control"] as? Int } == [1, 2])
    #expect(rows.count { $0["controls"] != nil } == 1)
  }

  @Test("A share of the residual stream's length says how long what is added is")
  func share() throws {
    for window in ["0-0", "0-1"] {
      let output = try place.ablate(
        ["--windows", window, "--alpha", "0.25n,0n", "--sign", "+1", "--json"])
      output.expectSuccess()
      let json = try #require(
        JSONSerialization.jsonObject(with: Data(output.stdout.utf8)) as? [String: Any])
      let rows = try #require(json["rows"] as? [[String: Any]])
      let shares = rows.compactMap { $0["addedShare"] as? Double }
      try #require(shares.count == 2)
      // Norms are float32's in the file of vectors.
      #expect(abs(shares[0] - 0.25) < 1e-6 && shares[1] == 0)
      let baseline = try #require(rows[0]["labels"] as? [NSDictionary])
      #expect(try #require(rows[2]["labels"] as? [NSDictionary]) == baseline)
    }
  }

  @Test("A sweep that was cut off goes on, and gives what it would have given")
  func resuming() throws {
    let sweep = ["--mode", "steer,mean", "--answers", "3"]
    try place.ablate(sweep, output: "whole.h5").expectSuccess()
    let whole = try ResultFile.read("ablation", from: workplace.path("whole.h5"))
    var partial = whole
    for (index, dataset) in whole.datasets.enumerated() where dataset.axes.first == "point" {
      partial.datasets[index] = dataset.forgettingPoint(2)
    }
    try ResultFile.write(
      [partial], to: workplace.path("cut.h5"),
      provenance: Provenance(toolVersion: "1", commandLine: "", created: .now), overwrite: false)
    let output = try place.ablate(sweep, output: "cut.h5")
    output.expectSuccess()
    #expect(output.stderr.contains("cut.h5: 5 of 6 points are there already\n"))
    #expect(try ResultFile.read("ablation", from: workplace.path("cut.h5")).isSame(as: whole))
  }

  @Test("A sweep that is there prints its table again, and is not mixed with another")
  func otherSettings() throws {
    let sweep = ["--mode", "steer", "--windows", "0-1"]
    let first = try place.ablate(sweep, output: "sweep.h5")
    first.expectSuccess()
    let again = try place.ablate(sweep, output: "sweep.h5")
    again.expectSuccess()
    #expect(again.stdout == first.stdout)
    #expect(again.stderr.contains("sweep.h5: 2 of 2 points are there already\n"))
    var group = try ResultFile.read("ablation", from: workplace.path("sweep.h5"))
    for (index, dataset) in group.datasets.enumerated() where dataset.name == "done" {
      group.datasets[index] = dataset.forgettingPoint(1)
    }
    try ResultFile.write(
      [group], to: workplace.path("sweep.h5"),
      provenance: Provenance(toolVersion: "1", commandLine: "", created: .now), overwrite: true)
    for (arguments, problem) in [
      (["--alpha", "1"], "another list of points (2 points, not 2 points)"),
      (["--precision", "bf16"], "another precision (f32, not bf16)"),
      (["--positions", "all"], "another positions (query-end, not all)"),
      (["--first", "3"], "another set of prompts (4 prompts, not 3 prompts)"),
      (["--template-arg", "kind=short"], "another chat_template_sha256"),
    ] {
      let error = try workplace.failure(
        of: SteeringWorkplace.ablation(sweep + arguments, output: "sweep.h5"), status: 1)
      #expect(
        error.hasPrefix("Error: sweep.h5 holds a sweep with \(problem)"))
      #expect(error.hasSuffix("; repeat its command to go on, or begin anew with --force\n"))
    }
    try place.ablate(sweep + ["--alpha", "1", "--force"], output: "sweep.h5").expectSuccess()
  }

  @Test("The plan counts and writes nothing")
  func dryRun() throws {
    let before = try workplace.names
    let output = try place.ablate(["--answers", "5", "--dry-run"], output: "sweep.h5")
    output.expectSuccess()
    #expect(output.stdout.contains("points     4 to measure\n"))
    #expect(output.stdout.contains("answers    at most 100 tokens\n"))
    #expect(try workplace.names == before)
  }

  @Test(
    "What a sweep cannot be made from",
    arguments: [
      (
        ["--windows", "0-2"], "--windows \"0-2\" reaches beyond the model, whose layers are 0 to 1"
      ),
      (
        ["--windows", "a"],
        "--windows \"a\" names no windows of layers; give single, former, middle, latter, ranges "
          + "such as 10-19, or width=4,stride=2"
      ),
      (
        ["--perplexity-text", "empty.txt"],
        "empty.txt has 0 tokens, too few for a perplexity; give a longer text"
      ),
      (["--judge", "empty.txt", "--answers", "3"], "empty.txt has no phrases of refusal"),
    ])
  func refusals(arguments: [String], sentence: String) throws {
    try workplace.write("", to: "empty.txt")
    let output = try place.ablate(arguments)
    #expect(output.status == 1 && output.stdout == "")
    #expect(output.stderr.hasPrefix("Error: \(sentence)"), "\(output.stderr)")
  }

  @Test(
    "What is no sweep is refused before the model is opened",
    arguments: [
      (["--alpha", "x"], "x' is invalid for '--alpha"),
      (["--control", "random"], "invalid for '--control"),
      (["--control", "random=0"], "invalid for '--control"),
      (["--control", "random=2", "--mode", "skip"], "--control stands for refusal vectors"),
      (["--alpha", "nan"], "invalid for '--alpha"),
      (["--sign", "0"], "invalid for '--sign"), (["--mode", "cut"], "invalid for '--mode"),
      (["--mode", "skip,skip"], "--mode names a mode twice; name it once."),
      (["--sites", "resid_post"], "invalid for '--sites"),
      (["--sites", "mlp_out,mlp_out"], "--sites names a site twice; name it once."),
      (["--answers", "0"], "--answers is 0; give a count of tokens from 1 to 1000000."),
      (["--judge", "x.txt"], "--judge judges answers; give --answers a length too."),
    ])
  func usage(arguments: [String], sentence: String) throws {
    let output = try workplace.run(
      ["ablate", "--model", "none.gguf"] + SteeringWorkplace.prompts + SteeringWorkplace.vectors
        + arguments)
    #expect(output.status == 64 && output.stderr.contains(sentence), "\(output.stderr)")
  }

  @Test("Steering needs vectors, and vectors of this model")
  func vectors() throws {
    let bare = try workplace.run(["ablate"] + SteeringWorkplace.model + SteeringWorkplace.prompts)
    #expect(bare.status == 64)
    #expect(
      bare.stderr.contains(
        "the mode steer needs refusal vectors; give --vectors a file from `workbench vectors`."))
    try workplace.write(ChatModel.replacing("Tiny", with: "Tinz"), to: "other.gguf")
    let other = try workplace.run(
      ["ablate", "--model", "other.gguf"] + SteeringWorkplace.prompts + SteeringWorkplace.vectors)
    #expect(other.status == 1 && other.stderr.contains("vectors.h5"))
    try workplace.run(
      ["ablate", "--model", "other.gguf", "--allow-other-model"] + SteeringWorkplace.prompts
        + SteeringWorkplace.vectors
    ).expectSuccess()
  }
}

extension ResultDataset {
  /// The same without what is known of one point.
  fileprivate func forgettingPoint(_ point: Int) -> ResultDataset {
    var dataset = self
    let width = values.count / shape[0]
    let first = point * width
    switch (name, values) {
    case ("done", .truths(var flags)):
      flags[point] = false
      dataset.values = .truths(flags)
    case ("alpha", _), ("alpha_unit", _), ("added_share", _), ("sign", _), ("mode", _),
      ("first_layer", _), ("last_layer", _):
      break
    case (_, .doubles(var numbers)):
      for index in first..<first + width { numbers[index] = .nan }
      dataset.values = .doubles(numbers)
    case (_, .texts(var texts)):
      for index in first..<first + width { texts[index] = "" }
      dataset.values = .texts(texts)
    default: break
    }
    return dataset
  }
}
