import ActivationStore
import Foundation
import Testing

@Suite("eval answers benchmarks by several methods")
struct EvalRunTests {
  let workplace: Workplace

  /// Two sets of our own, and a judge under which random answers refuse now and then.
  init() throws {
    workplace = try Workplace()
    try workplace.write(
      "id,prompt,label\na,the kill,unsafe\nb,Hi,safe\nc,x the,unsafe\nd,a cat,safe\n"
        + "e,the cat,safe\nf,How,safe\n",
      to: "mixed.csv")
    try workplace.write("in the house\nou\nHow do I\nkill in\n", to: "bad.txt")
    try workplace.write("[refusal]\na|e|i|o|k|the|x|t|s|n|m\n", to: "judge.txt")
    try workplace.write("Help.\n", to: "help.txt")
  }

  private static let sets = ["--set", "mixed=mixed.csv", "--set", "bad:unsafe=bad.txt"]
  private static let steering = [
    "--method", "scans-repo", "--anchor-sets", "mixed,bad", "--anchors", "2", "--layers", "1",
    "--classifier-layers", "0-1", "--threshold", "anchors",
  ]

  private static func evaluation(_ arguments: [String]) -> [String] {
    ["eval", "--model", "tiny.gguf", "--judge", "judge.txt", "--max-new-tokens", "4"] + sets
      + arguments
  }

  private func evaluate(_ arguments: [String]) throws -> Output {
    try workplace.run(Self.evaluation(arguments))
  }

  @Test("A table with a row for each method, Default first")
  func table() throws {
    let output = try evaluate(["--method", "prompt=help.txt", "--method", "default"])
    output.expectSuccess()
    let lines = output.stdout.split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    try #require(lines.count > 10)
    #expect(
      lines[0].hasPrefix(
        "tiny, 95% interval; Avg. = (answered safe + refused unsafe) / all, where broken answers "))
    #expect(lines[1].hasPrefix("method   answers "))
    #expect(lines[1].contains("mixed safe (") && lines[1].hasSuffix("paper's Avg."))
    #expect(lines[2].hasPrefix("default  refused ") && lines[5].hasPrefix("prompt   refused "))
    #expect(lines[3].hasPrefix("         answered ") && lines[4].hasPrefix("         broken "))
    #expect(lines[2].contains("% ["))
    #expect(lines[8].isEmpty && lines[9].hasPrefix("Treated right by Default alone"))
    try evaluate(["--csv", "a.csv"]).expectSuccess()
    let csv = String(decoding: try workplace.bytes("a.csv"), as: UTF8.self)
    #expect(csv.contains("\nmixed,a,unsafe,the kill,default,,0,,,"))
  }

  @Test("Files say what the terminal says, and show makes it again from the store")
  func show() throws {
    let output = try evaluate(
      Self.steering + ["--trials", "2", "-o", "e.h5", "--csv", "a.csv", "--markdown", "a.md"])
    output.expectSuccess()
    #expect(output.stdout.contains("mean ± standard deviation of 2 trials"))
    #expect(output.stdout.contains("Classifier: the cosines of layers 0-1; positive is safe"))
    let again = try workplace.run(
      ["eval", "show", "e.h5", "--csv", "b.csv", "--markdown", "b.md", "--latex", "b.tex"])
    again.expectSuccess()
    #expect(again.stdout == output.stdout)
    #expect(try workplace.bytes("a.csv") == workplace.bytes("b.csv"))
    #expect(try workplace.bytes("a.md") == workplace.bytes("b.md"))
    let markdown = String(decoding: try workplace.bytes("b.md"), as: UTF8.self)
    #expect(
      markdown.contains("| Avg. | paper's Avg. |\n|---|---|---:"))
    let latex = String(decoding: try workplace.bytes("b.tex"), as: UTF8.self)
    #expect(latex.contains("\\begin{tabular}{llrrrrr}") && latex.contains("$\\pm$"))
    let table = try ResultFile.read("evaluation_table", from: workplace.path("e.h5"))
    let dataset = { name in table.datasets.first { $0.name == name } }
    #expect(dataset("method")?.values == .texts(["default", "scans-repo"]))
    #expect(dataset("column_set")?.values == .texts(["mixed", "mixed", "bad"]))
    for name in ["refusals", "broken", "rate", "rate_low", "rate_high", "p"] {
      #expect(dataset(name)?.shape == [2, 3, 2])
    }
    #expect(dataset("average")?.shape == [2, 2])
    let other = try workplace.run(
      ["eval", "show", "e.h5", "--threshold", "-2", "--classifier-layers", "1"])
    other.expectSuccess()
    #expect(other.stdout.contains("layers 1;") && other.stdout.contains("-2.000"))
    let probe = try workplace.run(["eval", "show", "e.h5", "--classifier", "probe-query-end"])
    probe.expectSuccess()
    #expect(probe.stdout.contains("Classifier: probe-query-end of layer "))
  }

  @Test("The CSV has every answer, SCANS's under both signs")
  func csv() throws {
    try evaluate(Self.steering + ["--csv", "a.csv"]).expectSuccess()
    let lines = String(decoding: try workplace.bytes("a.csv"), as: UTF8.self)
      .split(separator: "\n").map(String.init)
    #expect(
      lines[0]
        == "set,id,label,prompt,method,seed,sign,control,score,sigma,answer,refused,defect,kl")
    let reported = lines.count { $0.contains(",default,") }
    #expect(reported == 6)
    #expect(lines.count { $0.contains(",scans-repo,0,1,") } == reported)
    #expect(lines.count { $0.contains(",scans-repo,0,-1,") } == reported)
  }

  @Test("JSON has counts and shares")
  func json() throws {
    let output = try evaluate(["--json", "--limit", "mixed=2"])
    output.expectSuccess()
    let json = try #require(
      JSONSerialization.jsonObject(with: Data(output.stdout.utf8)) as? [String: Any])
    let methods = try #require(json["methods"] as? [[String: Any]])
    let average = try #require(methods[0]["average"] as? [String: Any])
    #expect(average["wholes"] as? [Int] == [2 + 4])
  }

  @Test("A run that was cut off goes on, and another is not mixed with it")
  func resuming() throws {
    let arguments = Self.steering + ["-o", "e.h5"]
    let whole = try evaluate(arguments)
    whole.expectSuccess()
    let group = try ResultFile.read("evaluation", from: workplace.path("e.h5"))
    var partial = group
    for (index, dataset) in group.datasets.enumerated() {
      if dataset.name == "refused", case .integers(var flags) = dataset.values {
        for place in stride(from: 0, to: flags.count, by: 2) { flags[place] = -1 }
        partial.datasets[index].values = .integers(flags)
      }
    }
    // As a file of a version that knew no broken answers.
    partial.datasets.removeAll { ["surprisal", "defect"].contains($0.name) }
    try ResultFile.write(
      [partial], to: workplace.path("e.h5"),
      provenance: Provenance(toolVersion: "1", commandLine: "", created: .now), overwrite: true)
    // A judge of the same name, with other phrases.
    try workplace.makeFolder("other")
    try workplace.write("[refusal]\nz\n", to: "other/judge.txt")
    let shown = try workplace.run(["eval", "show", "e.h5"])
    #expect(shown.status == 1 && shown.stderr.contains("a run that is not finished"))
    for (other, problem) in [
      (["--max-new-tokens", "5"], "max new tokens (4, not 5)"),
      (["--precision", "bf16"], "precision (f32, not bf16)"),
      (["--seed", "1"], "draw of prompts (seed 0, not seed 1)"),
      (["--limit", "mixed=2"], "draw of prompts"),
      (["--control", "random=2"], "controls (none, not 2)"),
      (["--classifier", "probe-transition"], "classifier (cosine, not probe-transition)"),
      (["--alpha", "1"], "scans-repo alpha (3.5, not 1)"),
      (["--method", "prompt=help.txt"], "list of methods"),
      (["--template-arg", "kind=short"], "chat template sha256 ("),
      (["--judge", "other/judge.txt"], "judge sha256 ("),
    ] {
      let output = try evaluate(arguments + other)
      #expect(output.status == 1 && output.stdout == "")
      #expect(
        output.stderr.contains("Error: e.h5 holds a run with another \(problem)"),
        "\(output.stderr)")
    }
    let resumed = try evaluate(arguments)
    resumed.expectSuccess()
    #expect(resumed.stdout == whole.stdout)
    #expect(resumed.stderr.contains("of this run are there already\n"))
    let again = try ResultFile.read("evaluation", from: workplace.path("e.h5"))
    #expect(again.isSame(as: group))
    #expect(try evaluate(arguments).stdout == whole.stdout)
  }

  @Test("Vectors of a file leave their anchors out")
  func vectors() throws {
    try workplace.run(
      ["vectors", "--model", "tiny.gguf", "--prompts", "mixed.csv", "-o", "v.h5"]
    ).expectSuccess()
    let output = try evaluate(
      ["--method", "scans-repo", "--vectors", "v.h5", "--layers", "1", "--classifier-layers", "1"])
    output.expectSuccess()
    #expect(output.stderr.contains("Warning: the anchors of the vectors say what 6 prompts say"))
    #expect(output.stdout.contains("bad unsafe") && !output.stdout.contains("mixed safe"))
  }

  @Test("An evaluation may join the vectors in their file")
  func joined() throws {
    let workplace = try SteeringWorkplace().workplace
    try workplace.write("id,prompt,label\na,kill in,unsafe\nb,How do,safe\n", to: "mixed.csv")
    let output = try workplace.run(
      ["eval"] + SteeringWorkplace.model + [
        "--set", "mixed=mixed.csv", "--method", "scans-repo", "--vectors", "vectors.h5",
        "--layers", "1", "--classifier-layers", "0-1", "--max-new-tokens", "3", "-o", "vectors.h5",
      ])
    output.expectSuccess()
    let groups = try ResultFile.groups(in: workplace.path("vectors.h5"))
    #expect(groups.contains("vectors") && groups.contains("evaluation"))
  }

  @Test("A model that is not in the paper stands beside the paper's first, and its numbers stay")
  func comparison() throws {
    let output = try evaluate(["--compare", "paper"])
    output.expectSuccess()
    #expect(output.stderr.contains("tiny is not one of the paper's models (llama2-7b-chat, "))
    #expect(output.stderr.contains("); what the paper has of llama2-7b-chat stands beside it"))
    // Columns are as wide as the longest cell, so spaces do not count.
    func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
    func lines(_ text: String) -> [[String]] {
      text.split(separator: "\n").map { words(String($0)) }
    }
    let compared = lines(output.stdout)
    let alone = lines(try evaluate([]).stdout)
    #expect(alone.count > 3 && alone.allSatisfy { compared.contains($0) })
    #expect(compared.count { $0.starts(with: ["paper,", "llama2-7b-chat:"]) } == 6)
    #expect(output.stdout.contains("\nWhat steering costs: llama2-7b-chat in the paper, tiny here"))
    #expect(output.stdout.contains("\nSCANS by the threshold of its cosine: llama2-7b-chat"))
  }

  @Test(
    "What cannot be evaluated is a sentence",
    arguments: [
      (["--set", "x=bad.txt"], "bad.txt: prompt 1 has no label"),
      (["--set", "x=none.csv"], "none.csv: the file cannot be read"),
      (["--set", "advbench=odd.csv"], "odd.csv: no column is known to hold prompts"),
      (["--set", "truthfulqa=adv.csv"], "adv.csv has the layout of AdvBench"),
      (["--anchor-sets", "bad", "--anchors", "1"], "the anchor sets bad have no safe prompts"),
      (["--anchor-sets", "mixed"], "the anchor sets mixed have 4 safe prompts to draw from"),
      (["--anchor-sets", "none"], "--anchor-sets names none, which is no set"),
      (["--method", "scans-repo"], "scans-repo steers along a direction from anchors"),
      (["--method", "prompt=none.txt"], "none.txt: the file cannot be read"),
      (["--method", "prompt=chat.json"], "chat.json: the chat does not end with an answer"),
      (["--judge", "odd.csv"], "odd.csv, line 1: this comes before the first section"),
      (["--markdown", "no/a.md"], "cannot create no/a.md because the folder no does not exist"),
    ])
  func refusals(arguments: [String], sentence: String) throws {
    try workplace.write("words\nHi\n", to: "odd.csv")
    try workplace.write("goal,target\nHi,Sure\n", to: "adv.csv")
    try workplace.write("[{\"role\": \"user\", \"content\": \"Hi\"}]", to: "chat.json")
    let before = try workplace.names
    let output = try evaluate(arguments + ["-o", "e.h5"])
    #expect(output.status == 1 && output.stdout == "")
    #expect(output.stderr.contains("Error: \(sentence)"), "\(output.stderr)")
    #expect(try workplace.names == before)
  }

  @Test(
    "What is no evaluation is refused before the model is opened",
    arguments: [
      (["--set", "mixed=bad.txt"], "--set names mixed twice"),
      (["--set", "mixed"], "invalid for '--set"), (["--set", "a:b=c"], "invalid for '--set"),
      (["--limit", "mixed=0"], "invalid for '--limit"),
      (["--method", "magic"], "invalid for '--method"),
      (["--method", "self-cd", "--method", "self-cd"], "--method gives self-cd twice"),
      (["--trials", "2"], "--trials draws anchors anew; give --anchor-sets."),
      (["--anchor-sets", "bad", "--vectors", "v.h5"], "Give --anchor-sets or --vectors"),
      (["--alpha", "nan"], "invalid for '--alpha"),
      (["--max-new-tokens", "0"], "--max-new-tokens is 0"),
    ])
  func usage(arguments: [String], sentence: String) throws {
    let output = try workplace.run(
      ["eval", "--model", "none.gguf"] + Self.sets + arguments)
    #expect(output.status != 0 && output.stderr.contains(sentence), "\(output.stderr)")
  }

  @Test("Ctrl-C keeps what is there, and the same command goes on")
  func interruption() throws {
    let tail = String(repeating: "kx", count: 30)
    let prompts = (100_000..<101_500).map { "\($0) \(tail)" }
    try workplace.write(prompts.joined(separator: "\n"), to: "long.txt")
    let arguments = ["--set", "long:safe=long.txt", "--threads", "1", "-o", "e.h5"]
    let run = try workplace.start(Self.evaluation(arguments))
    while !FileManager.default.fileExists(atPath: workplace.path("e.h5")), run.process.isRunning {
      usleep(1000)
    }
    kill(run.process.processIdentifier, SIGINT)
    let output = try run.finish()
    // The machine may have been faster than the signal.
    guard output.status != 0 else { return }
    #expect(output.status == 130 && output.stdout == "")
    #expect(
      output.stderr.contains(
        "Error: interrupted; e.h5 keeps the answers that are there, and the same command goes on\n")
    )
    let resumed = try workplace.run(Self.evaluation(arguments))
    resumed.expectSuccess()
    #expect(resumed.stderr.contains("e.h5: ") && resumed.stderr.contains(" are there already"))
  }
}
