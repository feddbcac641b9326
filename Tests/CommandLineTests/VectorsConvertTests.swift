import ActivationStore
import Checkpoints
import Foundation
import Testing

@Suite("vectors convert changes formats")
struct VectorsConvertTests {
  let place: SteeringWorkplace

  init() throws { place = try SteeringWorkplace() }

  private func convert(_ arguments: String...) throws -> Output {
    try place.workplace.run(["vectors", "convert"] + arguments)
  }

  private func rows(_ name: String) throws -> ResultDataset.Values? {
    try ResultFile.read("vectors", from: place.workplace.path(name)).datasets
      .first { $0.name == "refusal" }?.values
  }

  @Test(
    "There and back again gives the same numbers",
    arguments: [("v.safetensors", ["0-1"]), ("v.gguf", ["1"])])
  func roundTrip(name: String, layers: [String]) throws {
    try convert("vectors.h5", "-o", "some.h5", "--layers", layers[0]).expectSuccess()
    let there = try convert("some.h5", "-o", name)
    there.expectSuccess()
    #expect(there.stderr.hasSuffix(" to \(name)\n"))
    try convert(name, "-o", "back.h5").expectSuccess()
    #expect(try rows("back.h5") == rows("some.h5"))
  }

  @Test("A GGUF control vector steers as the vectors that it was made from")
  func steering() throws {
    try convert("vectors.h5", "-o", "v.gguf", "--layers", "1").expectSuccess()
    func answers(_ file: String) throws -> String {
      let output = try place.workplace.run(
        ["ablate", "--vectors", file] + SteeringWorkplace.model + SteeringWorkplace.prompts
          + ["--windows", "1"])
      output.expectSuccess()
      return output.stdout
    }
    #expect(try answers("v.gguf") == answers("vectors.h5"))
  }

  @Test("Where direction.N stands, in both conventions")
  func indices() throws {
    for (convention, layers, name) in [
      ("block", "1", "direction.1"), ("block-plus-one", "0", "direction.1"),
    ] {
      try convert(
        "vectors.h5", "-o", "v.gguf", "--layers", layers, "--gguf-index", convention, "--force"
      ).expectSuccess()
      let file = try GGUFFile(path: place.workplace.path("v.gguf"))
      #expect(file.tensors.map(\.name) == [name])
    }
  }

  @Test("Some layers of vectors whose anchors have no cosines, for want of d_harm")
  func someLayersWithoutHarm() throws {
    try place.workplace.dump(
      ["--positions", "query-end"], prompts: "prompts.csv", output: "states.h5"
    )
    .expectSuccess()
    try place.workplace.run(["vectors", "states.h5", "-o", "bare.h5"]).expectSuccess()
    try convert("bare.h5", "-o", "some.h5", "--layers", "1").expectSuccess()
    try convert("bare.h5", "-o", "v.gguf", "--layers", "1").expectSuccess()
  }

  @Test("What a format cannot hold, or a name does not say")
  func refusals() throws {
    try place.workplace.write("x", to: "old.gguf")
    for (arguments, sentence) in [
      (["vectors.h5", "-o", "v.gguf"], "layer 0"),
      (["vectors.h5", "-o", "v.npz"], "v.npz"),
      (["vectors.h5", "-o", "old.gguf", "--layers", "1"], "old.gguf: it exists already"),
      (["vectors.h5", "-o", "v.h5", "--layers", "7"], "layer 7"),
      (["none.gguf", "-o", "v.h5"], "none.gguf"),
    ] {
      let output = try place.workplace.run(["vectors", "convert"] + arguments)
      #expect(output.status == 1 && output.stderr.contains(sentence), "\(output.stderr)")
    }
    #expect(try place.workplace.names.filter { $0.hasPrefix("v.") } == [])
  }
}
