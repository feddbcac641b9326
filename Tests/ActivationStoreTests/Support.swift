import ActivationStore
import Foundation

/// A new folder that disappears with the test.
final class Scratch {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "workbench-store-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { folder + "/" + name }

  var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? []
  }
}

/// A small store with every kind of hook point, and its values in memory.
struct Sample {
  var header: StoreHeader
  var contents: StoreContents

  static let hooks = [
    StoredHook(name: "embed", perLayer: false, width: .dModel),
    StoredHook(name: "logits", perLayer: false, width: .dVocab),
    StoredHook(name: "resid_post", perLayer: true, width: .dModel),
  ]

  init(layout: StoreLayout, dtype: StoredType = .f32, promptCount: Int = 7) {
    header = StoreHeader(
      toolVersion: "1.2.3", commandLine: "workbench dump-activations --layers 0,2,5",
      created: Date(timeIntervalSince1970: 1_700_000_000),
      model: StoredModel(
        name: "tiny", path: "/models/tïny.gguf", sha256: "ab12", architecture: "llama",
        nLayers: 6, dModel: 8, dVocab: 11),
      chatTemplateSHA256: "cd34", precision: "f32", dtype: dtype, seed: .max, threads: 2)
    let prompts = (0..<promptCount).map { Sample.prompt($0, layout) }
    contents = StoreContents(
      prompts: prompts, hooks: Sample.hooks, layers: [0, 2, 5], layout: layout)
  }

  private static func prompt(_ index: Int, _ layout: StoreLayout) -> StoredPrompt {
    let tokens: [Int32] = (0...index).map { Int32(100 * index + $0) }
    let places: [Int32] = [Int32(index / 2), Int32(index)]
    return StoredPrompt(
      id: "p\(index)", label: index % 2 == 0 ? "harmful" : "",
      text: "Prompt \(index): what does «naïve 日本語 🙂» mean?\n", tokens: tokens,
      positionTokens: layout == .token ? [] : places)
  }

  static let named = StoreLayout.prompt(positions: ["user_end", "query_end"])

  /// The number of vectors of a prompt at one layer.
  func vectors(of prompt: Int) -> Int {
    contents.layout == .token ? contents.prompts[prompt].tokens.count : 2
  }

  func width(of hook: StoredHook) -> Int {
    hook.width == .dModel ? header.model.dModel : header.model.dVocab
  }

  /// A vector whose every element tells where it belongs; exact in half precision.
  func vector(_ hook: StoredHook, layer: Int?, prompt: Int, place: Int) -> [Float] {
    var state = UInt64(hook.name.utf8.count * 7919 + (layer ?? 9) * 613 + prompt * 37 + place)
    return (0..<width(of: hook)).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int(state >> 53) - 1024) / 64
    }
  }

  func rows(_ hook: StoredHook, layer: Int?, prompts: Range<Int>) -> [Float] {
    prompts.flatMap { prompt in
      (0..<vectors(of: prompt)).flatMap { place in
        vector(hook, layer: layer, prompt: prompt, place: place)
      }
    }
  }

  func makeWriter(_ path: String, overwrite: Bool = false) throws -> ActivationWriter {
    try ActivationWriter(
      path: path, header: header, contents: contents, overwrite: overwrite)
  }

  /// Writes every vector as the engine does: chunks of prompts, each layer by layer.
  func fill(_ writer: ActivationWriter, promptsAtOnce: Int = 3) throws {
    let count = contents.prompts.count
    for first in stride(from: 0, to: count, by: promptsAtOnce) {
      let prompts = first..<min(first + promptsAtOnce, count)
      for hook in contents.hooks {
        let layers: [Int?] = hook.perLayer ? contents.layers : [nil]
        for layer in layers {
          try writer.write(rows(hook, layer: layer, prompts: prompts), hook, layer, prompts)
        }
      }
      try writer.markCommitted(prompts: prompts)
    }
  }

  func writeFile(_ path: String, overwrite: Bool = false) throws {
    let writer = try makeWriter(path, overwrite: overwrite)
    try fill(writer)
    try writer.finish()
  }
}

extension ActivationWriter {
  func write(
    _ values: [Float], _ hook: StoredHook, _ layer: Int?, _ prompts: Range<Int>
  ) throws {
    try values.withUnsafeBufferPointer { values in
      try writeRows(hook: hook.name, layer: layer, prompts: prompts, values: values)
    }
  }
}

/// What a program printed on both streams, and its exit status.
func output(of program: String, _ arguments: [String]) throws -> (status: Int32, text: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [program] + arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}
