import ActivationStore
import Testing

@Suite("Vectors and the classifier run a model first")
struct VectorsModelTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.write(
      "id,prompt,label\na,the kill,unsafe\nb,Hi,unsafe\nc,x the,unsafe\n", to: "bad.csv")
    try workplace.write(
      "id,prompt,label\na,Hello,safe\nb,a cat,safe\nc,a dog,safe\n", to: "good.csv")
  }

  private func run(_ command: String, _ arguments: [String]) throws -> Output {
    try workplace.run(
      [command, "--model", "tiny.gguf", "--prompts", "bad.csv", "--prompts", "good.csv"] + arguments
    )
  }

  @Test("The anchors alone are run, with the response Sure, and stay in the file")
  func vectors() throws {
    try run("vectors", ["-o", "vectors.h5", "--anchors", "2", "--seed", "1"]).expectSuccess()
    let reader = try ActivationReader(path: workplace.path("vectors.h5"))
    let prompts = reader.contents.prompts
    #expect(reader.contents.layout == .prompt(positions: ["query-end", "last"]))
    #expect(prompts.map(\.label) == ["unsafe", "unsafe", "safe", "safe"])
    #expect(prompts.allSatisfy { $0.id.hasPrefix($0.label == "safe" ? "good:" : "bad:") })
    // "Sure" has no merges in this model, so it has four tokens.
    #expect(prompts.allSatisfy { $0.positionTokens[1] - $0.positionTokens[0] == 4 })
    let group = try ResultFile.read("vectors", from: workplace.path("vectors.h5"))
    #expect(group.attributes["seed"] == .integer(1))
    #expect(group.attributes["n_unsafe"] == .integer(2))
    #expect(group.datasets.contains { $0.name == "harm" && $0.shape == [2, 16] })
  }

  @Test("A dump of the same prompts gives the same vectors")
  func sameAsDump() throws {
    try run("vectors", ["-o", "vectors.h5"]).expectSuccess()
    try run(
      "dump-activations",
      ["-o", "states.h5", "--positions", "query-end,last", "--response", "Sure"]
    ).expectSuccess()
    try workplace.run(["vectors", "states.h5", "-o", "again.h5"]).expectSuccess()
    var groups = try ["vectors.h5", "again.h5"].map {
      try ResultFile.read("vectors", from: workplace.path($0))
    }
    // What the file of states says itself is not said again.
    let ofRun: Set = ["source", "system", "response", "raw", "precision"]
    for index in groups.indices {
      groups[index].attributes = groups[index].attributes.filter { !ofRun.contains($0.key) }
    }
    #expect(groups[0] == groups[1])
  }

  @Test("Classify runs the layers that it needs, and leaves nothing behind")
  func classify() throws {
    try run("vectors", ["-o", "vectors.h5"]).expectSuccess()
    let before = try workplace.names
    let output = try run(
      "classify", ["--vectors", "vectors.h5", "--layers", "1", "--threshold", "anchors"])
    output.expectSuccess()
    #expect(output.stdout.hasPrefix("6 prompts: "))
    #expect(output.stdout.contains("\n    1  "))
    #expect(try workplace.names == before)
  }

  @Test("An output that is an input, or that exists")
  func outputs() throws {
    try workplace.expectRefusal(
      of: [
        "vectors", "--model", "tiny.gguf", "--prompts", "bad.csv", "--prompts", "good.csv", "-o",
        "good.csv", "--force",
      ], "the output would replace good.csv, which the run reads; give it another name")
    try run("vectors", ["-o", "vectors.h5"]).expectSuccess()
    let output = try run("vectors", ["-o", "vectors.h5"])
    #expect(output.status == 1)
    #expect(output.stderr.contains("vectors.h5 exists already"))
  }

  @Test("Files of the same name, whose ids would be alike")
  func sameNames() throws {
    try workplace.makeFolder("other")
    try workplace.write("Hi\n", to: "other/good.txt")
    try workplace.expectRefusal(
      of: Workplace.dumpArguments(["--prompts", "other/good.txt"], prompts: "good.csv"),
      "other/good.txt: the file has the same name as good.csv, and ids begin with the file's name "
        + "where several are read; rename one or give it once.")
  }
}
