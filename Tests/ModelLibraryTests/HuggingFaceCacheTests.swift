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

  @Test("Other variables count as for huggingface_hub, with ~ and variables expanded")
  func expandedVariables() throws {
    let home = scratch.path("")
    for variables in [
      ["HUGGINGFACE_HUB_CACHE": scratch.path("hub"), "HF_HOME": "/nowhere"],
      ["HF_HOME": "~", "HOME": home], ["HF_HOME": "~/", "HOME": home],
      ["HF_HOME": "$DISK/.", "DISK": scratch.path("")],
      ["HF_HUB_CACHE": "${DISK}/hub", "DISK": scratch.path("")],
    ] {
      #expect(try catalog(variables).resolve("org/one").hasSuffix("snapshots/ccc"), "\(variables)")
    }
    try scratch.write(
      Array("{}".utf8), to: "scratch/huggingface/hub/models--a--b/snapshots/e/config.json")
    #expect(
      try catalog(["XDG_CACHE_HOME": scratch.path("scratch"), "HOME": home]).resolve("a/b")
        .hasSuffix("snapshots/e"))
    let unset = #expect(throws: ModelError.self) {
      try catalog(["HF_HOME": "$NO_SUCH/x"]).resolve("a/b")
    }
    #expect(unset?.description.contains("$NO_SUCH/x/hub") == true)
  }

  @Test("A repository of GGUF files means its only model, or one by a part of its name")
  func ggufs() throws {
    let one = "hub/models--org--gguf/snapshots/abc/"
    try scratch.write([1], to: one + "tiny-Q4_K_M.gguf")
    try scratch.write([1], to: one + "mmproj-tiny-f16.gguf")
    // Many repositories copy the configuration of the original.
    try scratch.write(Array("{}".utf8), to: one + "config.json")
    let several = "hub/models--org--many/snapshots/abc/"
    for name in ["tiny-F16", "tiny-BF16", "tiny-Q4_K_M", "tiny-Q4_K_S"] {
      try scratch.write([1], to: several + name + ".gguf")
    }
    for part in 1...2 {
      try scratch.write([1, 2], to: several + "Q8_0/tiny-Q8_0-0000\(part)-of-00002.gguf")
    }
    let catalog = catalog(["HF_HOME": scratch.path("")])
    func ending(_ name: String) throws -> String? {
      try catalog.resolve(name).split(separator: "/", maxSplits: .max).last.map(String.init)
    }
    #expect(try ending("org/gguf") == "tiny-Q4_K_M.gguf")
    #expect(try ending("org/many:q4_k_m") == "tiny-Q4_K_M.gguf")
    #expect(try ending("org/many:F16") == "tiny-F16.gguf")
    #expect(try ending("org/many:bf16") == "tiny-BF16.gguf")
    #expect(try ending("org/many:Q8_0") == "tiny-Q8_0-00001-of-00002.gguf")
    #expect(try ending("org/many:tiny-Q4_K_S") == "tiny-Q4_K_S.gguf")
    for (name, said) in [
      ("org/many", "holds several GGUF models; give one of org/many:Q8_0/tiny-Q8_0, "),
      ("org/many:Q4", "give one of org/many:tiny-Q4_K_M, org/many:tiny-Q4_K_S"),
      ("org/many:Q2", "org/many:tiny-F16"),
      ("org/none:Q4", "fetch it with `hf download org/none`"),
    ] {
      let error = #expect(throws: ModelError.self) { try catalog.resolve(name) }
      #expect(error?.description.contains(said) == true, "\(String(describing: error))")
    }
    let entries = catalog.entries().filter { $0.name.hasPrefix("org/many") }
    #expect(entries.count == 5 && entries.contains { $0.byteCount == 4 })
    for entry in entries { #expect(try catalog.resolve(entry.name) == entry.path) }
  }

  @Test("A link to a file that is not there is said to be one")
  func danglingLink() throws {
    let path = scratch.path("broken.gguf")
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: "../blobs/missing")
    let error = #expect(throws: ModelError.self) { try LanguageModel(path: path) }
    #expect(error?.description.contains("it is a link to a file that is not there") == true)
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
