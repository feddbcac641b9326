import Foundation
import ModelLibrary
import Testing

@Suite("Models are found by path or by name")
struct ModelCatalogTests {
  let scratch: Scratch
  let catalog: ModelCatalog

  init() throws {
    scratch = try Scratch()
    for name in ["Alpha-135M.Q4_1", "Alpha-360M", "Alpha-360M-Instruct", "Beta"] {
      try scratch.write([1, 2, 3], to: "models/\(name).gguf")
    }
    try scratch.write([], to: "models/README.txt")
    catalog = ModelCatalog(environment: scratch.environment)
  }

  private func path(of name: String) -> String { scratch.path("models/\(name).gguf") }

  @Test("Entries are the .gguf files, by name, with sizes")
  func entries() {
    #expect(
      catalog.entries().map(\.name)
        == ["Alpha-135M.Q4_1", "Alpha-360M", "Alpha-360M-Instruct", "Beta"])
    #expect(catalog.entries().allSatisfy { $0.byteCount == 3 })
    #expect(catalog.entries().last?.path == path(of: "Beta"))
  }

  @Test("A name may have another case and be cut short where only one fits")
  func names() throws {
    #expect(try catalog.resolve("Beta") == path(of: "Beta"))
    #expect(try catalog.resolve("bEt") == path(of: "Beta"))
    #expect(try catalog.resolve("alpha-135m") == path(of: "Alpha-135M.Q4_1"))
  }

  @Test("A name in full means its model, also where it begins another's")
  func exactName() throws {
    #expect(try catalog.resolve("alpha-360m") == path(of: "Alpha-360M"))
  }

  @Test("A name that fits several models, none, or is empty is an error")
  func errors() throws {
    let several = #expect(throws: ModelError.self) { try catalog.resolve("alpha-3") }
    #expect(
      several?.description
        == "alpha-3 fits several models; write one of Alpha-360M, Alpha-360M-Instruct in full")
    for name in ["gamma", "", "./Beta", "Beta.gguf.gguf"] {
      let none = #expect(throws: ModelError.self) { try catalog.resolve(name) }
      #expect(none?.description.hasPrefix("there is no file, folder or model called \"") == true)
      #expect(none?.description.hasSuffix("Alpha-360M-Instruct, Beta") == true)
    }
  }

  @Test("A model that could be fetched says by which command, also where its name is cut short")
  func fetchable() throws {
    let names = FetchableModel.all.map(\.name)
    #expect(catalog.fetchable().map(\.name) == names)
    for name in ["Qwen2.5-Coder-0.5B-Instruct.Q4_K_M", "qwen2.5-coder-0.5b"] {
      let missing = #expect(throws: ModelError.self) { try catalog.resolve(name) }
      #expect(
        missing?.description
          == "\(name) is not in \(catalog.folder) yet; fetch it with "
          + "`make model MODEL=Qwen2.5-Coder-0.5B-Instruct.Q4_K_M` (491 MB)")
    }
    let several = #expect(throws: ModelError.self) { try catalog.resolve("qwen2.5") }
    #expect(several?.description.contains(" (491 MB) or `make model MODEL=Qwen2.5-") == true)

    try scratch.write([1, 2, 3], to: "models/\(names[1]).gguf")
    #expect(try catalog.resolve("qwen2.5") == path(of: names[1]))
    #expect(catalog.fetchable().map(\.name) == [names[0], names[2]])
  }

  @Test("The models that can be fetched are those of tools/fetch_model.py")
  func fetchScript() throws {
    let script = try String(
      contentsOf: URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("tools/fetch_model.py"), encoding: .utf8
    ).replacingOccurrences(of: "_", with: "")
    let all = FetchableModel.all
    #expect(script.components(separatedBy: ".gguf\",").count - 1 == all.count)
    for model in all {
      let name = model.name.replacingOccurrences(of: "_", with: "")
      #expect(script.contains("\"\(name).gguf\",\n        size=\(model.byteCount),"))
    }
  }

  @Test("A path wins over a name, and a folder means its only model")
  func paths() throws {
    let file = try scratch.write([], to: "elsewhere/Beta")
    #expect(try catalog.resolve(file) == file)
    let folder = scratch.path("one")
    try scratch.write([], to: "one/model.gguf")
    try scratch.write([], to: "one/README.md")
    #expect(try catalog.resolve(folder) == folder + "/model.gguf")
    #expect(throws: ModelError.self) { try catalog.resolve(scratch.path("models")) }
    #expect(throws: ModelError.self) { try catalog.resolve(scratch.path("elsewhere")) }
  }

  @Test("The cache is where WORKBENCH_CACHE says, else in the home folder")
  func cacheFolder() {
    #expect(catalog.folder == scratch.path("models"))
    for environment in [[:], ["WORKBENCH_CACHE": ""]] {
      #expect(ModelCatalog(environment: environment).folder.hasSuffix("/.cache/workbench/models"))
    }
  }
}
