import ActivationStore
import Foundation
import Testing

@Suite("Figures, from the command line")
struct FigureTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.writeClassifier(cosines: [0.1, 0.2, 0.7, 0.9])
  }

  @Test("A figure is drawn, silently, in the format of its name")
  func draws() throws {
    for (name, start) in [("f.svg", "<?xml"), ("f.pdf", "%PDF"), ("f.png", "\u{89}PNG")] {
      let output = try workplace.run(["figure", "run.h5", "cosines", "-o", name])
      output.expectSuccess()
      #expect(output.stdout == "" && output.stderr == "")
      let bytes = try workplace.bytes(name)
      #expect(bytes.starts(with: start.unicodeScalars.map { UInt8($0.value) }))
    }
  }

  @Test("A picture that exists is replaced only with --force, and then with the same bytes")
  func existing() throws {
    let arguments = ["figure", "run.h5", "cosines", "-o", "f.svg"]
    try workplace.run(arguments).expectSuccess()
    let bytes = try workplace.bytes("f.svg")
    try workplace.expectRefusal(
      of: arguments,
      "f.svg exists already; choose another output or replace it with --force")
    try workplace.run(arguments + ["--force"]).expectSuccess()
    #expect(try workplace.bytes("f.svg") == bytes)
  }

  @Test("An extension that names no format")
  func unknownExtension() throws {
    try workplace.expectRefusal(
      of: ["figure", "run.h5", "cosines", "-o", "f.jpg"],
      "f.jpg ends in none of .svg, .pdf and .png; end the name in the format that you want")
  }

  @Test("A group that the file lacks")
  func missingGroup() throws {
    try workplace.expectRefusal(
      of: ["figure", "run.h5", "tsne", "-o", "f.svg"],
      "run.h5 has no group tsne; it has classifier")
  }

  @Test("Values that are all the same")
  func constant() throws {
    try workplace.writeClassifier(cosines: [0.5, 0.5, 0.5, 0.5])
    try workplace.expectRefusal(
      of: ["figure", "run.h5", "cosines", "-o", "f.svg"],
      "/classifier of run.h5 cannot be drawn: every cosine is 0.500; "
        + "classify prompts that differ")
  }

  @Test("Options that go with other kinds", arguments: ["--layers=1", "--metric=kl", "--prompt=a"])
  func otherKinds(option: String) throws {
    let output = try workplace.run(["figure", "run.h5", "cosines", option, "-o", "f.svg"])
    #expect(output.status == 64 && output.stderr.contains("goes with"))
    #expect(try workplace.names == ["run.h5", "tiny.gguf"])
  }

  @Test("The output may not take the place of the results")
  func replacingInput() throws {
    try workplace.run(["figure", "run.h5", "cosines", "-o", "run.svg"]).expectSuccess()
    let results = try workplace.bytes("run.h5")
    try workplace.write(results, to: "results.svg")
    try workplace.expectRefusal(
      of: ["figure", "results.svg", "cosines", "-o", "results.svg", "--force"],
      "the output would replace results.svg, which the run reads; give it another name")
  }
}

extension Workplace {
  /// Writes `run.h5` with a classifier of two prompts over two layers.
  func writeClassifier(cosines: [Double]) throws {
    let prompts = ["a", "b"]
    func datasets(_ name: String, _ axis: String, _ values: ResultDataset.Values) -> ResultDataset {
      ResultDataset(name: name, axes: [axis], shape: [2], values: values)
    }
    let group = ResultGroup(
      name: "classifier", attributes: ["threshold": .number(0.75)],
      datasets: [
        datasets("prompt", "prompt", .texts(prompts)),
        datasets("prompt_label", "prompt", .texts(["safe", "unsafe"])),
        datasets("score", "prompt", .doubles([0.15, 0.8])),
        datasets("sigma", "prompt", .integers([-1, 1])),
        datasets("layer", "layer", .integers([0, 1])),
        ResultDataset(
          name: "cosine", axes: ["prompt", "layer"], shape: [2, 2], values: .doubles(cosines)),
      ])
    try ResultFile.write(
      [group], to: path("run.h5"),
      provenance: Provenance(
        toolVersion: "0", commandLine: "test", created: Date(timeIntervalSince1970: 0)),
      overwrite: true)
  }
}
