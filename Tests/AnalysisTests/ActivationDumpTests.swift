import ActivationStore
import Analysis
import Foundation
import ModelLibrary
import Prompts
import SteeringEngine
import TestSupport
import Testing

@Suite("A dump is checked before it runs, and leaves all or nothing")
struct ActivationDumpTests {
  let model: LanguageModel
  let engine: SteeringEngine
  let folder: Folder

  init() throws {
    model = try LanguageModel(path: ChatModel.path)
    engine = try SteeringEngine(
      checkpoint: model.checkpoint, precision: .f32, threads: 1)
    folder = try Folder()
  }

  private func dump(
    _ texts: [String] = ["Hi", "the kill"], sites: [HookSite] = [.residPost], layers: [Int]? = nil,
    positions: ReadPositions = .named([.last]), format: PromptFormat = PromptFormat(),
    dtype: StoredType = .f32, memoryBudget: Int = .max
  ) throws(AnalysisError) -> ActivationDump {
    try ActivationDump(
      model: model, engine: engine,
      prompts: texts.enumerated().map { Prompt(id: "p\($0.offset)", text: $0.element) },
      request: ActivationDump.Request(
        sites: sites, layers: layers, positions: positions, format: format, dtype: dtype),
      memoryBudget: memoryBudget)
  }

  private func run(
    _ dump: ActivationDump, stopping: Bool = false, progress: (Double) -> Void = { _ in }
  ) throws {
    try dump.run(
      to: folder.path("out.h5"), overwrite: false,
      provenance: Provenance(
        toolVersion: "1", commandLine: "test", created: Date(timeIntervalSince1970: 0)),
      shouldStop: { stopping }, progress: progress)
  }

  private func message(of body: () throws(AnalysisError) -> ActivationDump) -> String {
    do throws(AnalysisError) {
      _ = try body()
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test("No hook point, and layers that the model does not have")
  func request() {
    #expect(
      message { () throws(AnalysisError) in try dump(sites: []) }
        == "no hook point was asked for; name at least one with --hooks")
    for layer in [2, -1] {
      #expect(
        message { () throws(AnalysisError) in try dump(layers: [0, layer]) }
          == "there is no layer \(layer): the model's layers are 0 to 1; correct --layers")
    }
  }

  @Test("Prompts that are too long, empty, or merge with the response are named")
  func prompts() {
    #expect(
      message { () throws(AnalysisError) in
        try dump(["Hi", String(repeating: "x", count: 200)])
      }
        == "prompt p1 has 219 tokens but the model's context holds 128; "
        + "shorten it or take it out of the file")
    #expect(
      message { () throws(AnalysisError) in
        try dump(["Hi", ""], format: PromptFormat(raw: true))
      } == "prompt p1: the prompt \"\" has no tokens; write one or remove it")
    let merging = PromptFormat(response: "n", raw: true)
    #expect(
      message { () throws(AnalysisError) in try dump(["o", "i"], format: merging) }
        .hasPrefix("prompt p1: the response \"n\" merges with the end of the prompt \"i\""))
  }

  @Test("A memory budget that holds no prompt")
  func budget() {
    #expect(
      message { () throws(AnalysisError) in try dump(memoryBudget: 1) }
        .hasSuffix("give --memory-budget 1M or more"))
  }

  @Test("Layers are stored once, in ascending order; sites without blocks need none")
  func layers() throws {
    #expect(try dump(layers: [1, 0, 1]).layers == [0, 1])
    #expect(try dump(sites: [.embed, .logits]).layers == [])
    #expect(
      message { () throws(AnalysisError) in try dump(sites: [.embed, .logits], layers: [0]) }
        == "--layers chooses among blocks, and none has embed or logits; "
        + "leave --layers out, or ask for a hook of the blocks")
    #expect(try dump(sites: [.embed]).plan.blockCount == 0)
    #expect(try dump(layers: [0]).plan.blockCount == 1)
  }

  @Test("The stored size is rows times widths, of the format's numbers")
  func storedBytes() throws {
    // 2 prompts, 1 position, 2 layers of 16 numbers.
    #expect(try dump().storedBytes == 2 * 2 * 16 * 4)
    #expect(try dump(dtype: .f16).storedBytes == 2 * 2 * 16 * 2)
    #expect(try dump(sites: [.logits]).storedBytes == 2 * 270 * 4)
    let all = try dump(positions: .all)
    #expect(all.storedRows == all.plan.tokenCount)
  }

  @Test("A run reports progress up to the end and writes what was planned")
  func complete() throws {
    let dump = try dump(positions: .all)
    var shares: [Double] = []
    try run(dump) { shares.append($0) }
    #expect(shares == shares.sorted() && shares.last == 1)
    let reader = try ActivationReader(path: folder.path("out.h5"))
    #expect(try reader.shape(of: "resid_post") == [dump.storedRows, 2, 16])
    #expect(try reader.header.model.sha256 == FileDigest().sha256(ofFile: model.path))
  }

  @Test("A run that is told to stop leaves nothing")
  func interrupted() throws {
    let error = #expect(throws: AnalysisError.self) { try run(dump(), stopping: true) }
    #expect(error?.description == "interrupted; \(folder.path("out.h5")) was not written")
    #expect(folder.names == [])
  }
}

/// A new folder that disappears with the test.
final class Folder {
  private let root = NSTemporaryDirectory() + "workbench-analysis-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func path(_ name: String) -> String { root + "/" + name }

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] }
}
