import Foundation
import ModelLibrary
import Testing

@Suite("Models are found in Hugging Face's cache")
struct HuggingFaceCacheTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    for commit in ["aaa", "bbb"] {
      let snapshot = "hub/models--org--two/snapshots/\(commit)"
      try scratch.write(Array("{}".utf8), to: snapshot + "/config.json")
      try scratch.write([1, 2, 3], to: snapshot + "/model.safetensors")
    }
    try scratch.write(Array("bbb\n".utf8), to: "hub/models--org--two/refs/main")
    try scratch.write(Array("{}".utf8), to: "hub/models--org--one/snapshots/ccc/config.json")
    try scratch.write([], to: "hub/models--org--none/refs/main")
    try scratch.write([], to: "hub/datasets--org--data/snapshots/ddd/config.json")
  }

  private func catalog(_ variables: [String: String]) -> ModelCatalog {
    ModelCatalog(environment: ["WORKBENCH_CACHE": scratch.path("empty")].merging(variables) { $1 })
  }

  @Test("A name means the snapshot of the main branch, or the only one")
  func snapshots() throws {
    let catalog = catalog(["HF_HOME": scratch.path("")])
    #expect(
      try catalog.resolve("org/two").hasSuffix("/hub/models--org--two/snapshots/bbb"))
    #expect(
      try catalog.resolve("org/one").hasSuffix("/hub/models--org--one/snapshots/ccc"))
    #expect(catalog.entries().map(\.name) == ["org/one", "org/two"])
    #expect(catalog.entries().map(\.byteCount) == [0, 3])
  }

  @Test("HF_HUB_CACHE comes before HF_HOME, and HF_HOME before the home folder")
  func variables() throws {
    let elsewhere = scratch.path("elsewhere")
    for variables in [
      ["HF_HUB_CACHE": scratch.path("hub"), "HF_HOME": elsewhere, "HOME": elsewhere],
      ["HF_HOME": scratch.path(""), "HOME": elsewhere],
    ] {
      #expect(try catalog(variables).resolve("org/one").hasSuffix("snapshots/ccc"))
    }
    try scratch.write([], to: "home/.cache/huggingface/hub/models--a--b/snapshots/e/config.json")
    #expect(try catalog(["HOME": scratch.path("home")]).resolve("a/b").hasSuffix("snapshots/e"))
  }

  @Test(
    "A model that is not there is named with the command that fetches it",
    arguments: [
      "org/none", "org/missing",
    ])
  func missing(name: String) {
    let catalog = catalog(["HF_HOME": scratch.path("")])
    let error = #expect(throws: ModelError.self) { try catalog.resolve(name) }
    #expect(error?.description.contains("fetch it with `hf download \(name)`") == true)
  }
}
