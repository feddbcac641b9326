import ActivationStore
import Foundation
import Testing

@Suite("t-SNE of hidden states, from the command line")
struct TsneTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    let words = ["kill", "time", "the", "process", "Hi", "do", "bomb", "cake"]
    let lines = (0..<48).map { (i: Int) -> String in
      let text = [i % 8, (i / 8 + i) % 8, (i * 5 + 1) % 8].map { words[$0] }.joined(separator: " ")
      return "\(text) \(i),\(i % 2 == 0 ? "unsafe" : "safe")"
    }
    try workplace.write(
      "prompt,label\n" + lines.joined(separator: "\n") + "\n", to: "prompts.csv")
    try workplace.dump(
      ["--response", "Sure", "--positions", "query-end,last"], prompts: "prompts.csv",
      output: "states.h5"
    ).expectSuccess()
  }

  private func tsne(_ arguments: [String]) throws -> Output {
    try workplace.run(["tsne", "states.h5", "--perplexity", "8"] + arguments)
  }

  @Test("A table of numbers; layouts go to HDF5, beside the states, and to CSV")
  func everything() throws {
    let output = try tsne(["-o", "states.h5", "--csv", "map.csv"])
    output.expectSuccess()
    let lines = output.stdout.split(separator: "\n").map(String.init)
    #expect(
      lines[0]
        == "t-SNE of transition states of 48 prompts (48 labelled), perplexity 8.0, euclidean")
    #expect(
      lines[1].split(separator: " ").map(String.init)
        == ["layer", "KL", "trust", "silhouette", ">", "kNN", ">", "probe", "AUC", ">"])
    #expect(lines.count == 4 && output.stderr == "")
    #expect(try ActivationReader(path: workplace.path("states.h5")).contents.prompts.count == 48)
    let group = try ResultFile.read("tsne", from: workplace.path("states.h5"))
    let embedding = try #require(group.datasets.first { $0.name == "embedding" })
    #expect(embedding.shape == [2, 48, 2])
    let rows = try String(decoding: workplace.bytes("map.csv"), as: UTF8.self)
      .split(separator: "\n")
    #expect(rows.count == 1 + 2 * 48 && rows[0] == "layer,prompt_id,label,x,y")
    try workplace.expectRefusal(
      of: ["tsne", "states.h5", "-o", "states.h5"],
      "states.h5 has a group tsne already; choose another output or replace it with --force")
  }

  @Test("Two runs give the same, whatever the threads; another seed does not")
  func sameAgain() throws {
    let first = try tsne(["--json", "--threads", "1"])
    first.expectSuccess()
    #expect(try tsne(["--json", "--threads", "2"]).stdout == first.stdout)
    #expect(try tsne(["--json", "--seed", "1"]).stdout != first.stdout)
    let object = try JSONSerialization.jsonObject(with: Data(first.stdout.utf8))
    let json = try #require(object as? [String: Any])
    #expect(json["of"] as? String == "transition")
    #expect((json["layers"] as? [[String: Any]])?.count == 2)
  }

  @Test("Layers, positions, metric, gradient and reduction can be chosen")
  func options() throws {
    let output = try tsne([
      "--of", "query-end", "--layers", "1", "--metric", "cosine", "--gradient", "interpolated",
      "--pca", "5",
    ])
    output.expectSuccess()
    #expect(output.stdout.hasPrefix("t-SNE of query-end states of 48 prompts"))
    #expect(output.stdout.split(separator: "\n").count == 3)
  }

  @Test("Prompts of one label have layouts and no figures of labels")
  func oneLabel() throws {
    let output = try tsne(["--unsafe-label", "harmful", "-o", "map.h5"])
    output.expectSuccess()
    #expect(
      output.stderr
        == "no figures of labels, since not both 'safe' and 'harmful' occur twice\n")
    let group = try ResultFile.read("tsne", from: workplace.path("map.h5"))
    #expect(!group.datasets.contains { $0.name == "silhouette" })
  }

  @Test("States that are not there, too few of them, and files that are none")
  func refusals() throws {
    try workplace.dump(prompts: "prompts.csv").expectSuccess()
    try workplace.expectRefusal(
      of: ["tsne", "out.h5"], "out.h5 has no position query-end; it has last")
    try workplace.expectRefusal(
      of: ["tsne", "states.h5"],
      "states.h5, layer 1: 48 points are fewer than 3 times the perplexity of 30.0; lower the "
        + "perplexity to 16 or give more points")
    try workplace.expectRefusal(
      of: ["tsne", "states.h5", "--layers", "7"],
      "states.h5 has no layer 7 of resid_post; it has 0, 1")
    try workplace.expectRefusal(
      of: ["tsne", "prompts.csv"],
      "prompts.csv is not an HDF5 file; give a file that `workbench dump-activations` wrote")
    try workplace.expectRefusal(
      of: ["tsne", "states.h5", "--csv", "states.h5"],
      "the output would replace states.h5, which the run reads; give it another name")
  }

  @Test("Options that are no numbers or names")
  func usage() throws {
    let cases: [([String], String)] = [
      (["--perplexity", "1"], "--perplexity is 1.0; give a number above 1."),
      (["--pca", "1"], "--pca is 1; give a count of 2 or more."),
      (["--threads", "0"], "--threads is 0; give a count from 1 to 1024."),
      (["--of", "middle"], "The value 'middle' is invalid for '--of <of>'."),
    ]
    for (arguments, sentence) in cases {
      let output = try workplace.run(["tsne", "states.h5"] + arguments)
      #expect(output.status == 64 && output.stdout == "")
      #expect(output.stderr.hasPrefix("Error: \(sentence)"), "\(output.stderr)")
    }
  }
}
