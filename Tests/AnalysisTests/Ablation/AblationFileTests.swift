import ActivationStore
import Analysis
import Foundation
import Prompts
import Testing

@Suite("A sweep in a file")
struct AblationFileTests {
  let folder: Folder
  let provenance = Provenance(
    toolVersion: "1", commandLine: "test", created: Date(timeIntervalSince1970: 0))

  init() throws { folder = try Folder() }

  private func sample(answers: Bool) -> Ablation {
    let prompts = [("a", "safe"), ("b", "unsafe"), ("c", "safe")].map {
      Prompt(id: $0.0, text: "text of \($0.0)", label: $0.1)
    }
    func outcome(_ shift: Double) -> Ablation.Outcome {
      Ablation.Outcome(
        refusalLogOdds: [-1, 2, 3].map { $0 + shift },
        divergences: [0.5, 0, 0.25].map { $0 * shift },
        answers: answers
          ? [("No.", true, nil), ("Yes", false, nil), ("", false, AnswerDefect.empty)].map {
            Ablation.Answer(text: $0.0, isRefusal: $0.1, defect: $0.2, surprisal: 0.5)
          } : nil,
        perplexity: answers ? 20 + shift : nil)
    }
    return Ablation(
      prompts: prompts,
      points: AblationPoint.grid(
        modes: [.steer, .skip], windows: [LayerWindow(first: 3, last: 9)], alphas: [1.5],
        signs: [1, -1]),
      refusalTokenIDs: [4, 9], refusalTokenTexts: ["I", "Sorry"],
      settings: ["positions": "query-end", "system": ""], baseline: outcome(0),
      outcomes: [outcome(1), nil, outcome(2)])
  }

  @Test(arguments: [true, false]) func `a file gives back what was written`(answers: Bool) throws {
    let sweep = sample(answers: answers)
    let group = try #require(sweep.group(model: SyntheticStates.model, vectors: "v.h5"))
    let path = folder.path("sweep.h5")
    try ResultFile.write([group], to: path, provenance: provenance, overwrite: false)
    let read = try Ablation(ResultFile.read("ablation", from: path), path: path)
    #expect(read == sweep)
    #expect(read.doneCount == 2 && !read.isFinished)
  }

  @Test func `before the unablated model is known there is nothing to write`() {
    var sweep = sample(answers: false)
    sweep.baseline = nil
    #expect(sweep.group(model: SyntheticStates.model, vectors: nil) == nil)
  }

  @Test func `summaries are means over the prompts of a label`() throws {
    let sweep = sample(answers: true)
    let outcome = try #require(sweep.outcomes[0])
    let summaries = sweep.summaries(of: outcome)
    #expect(summaries.map(\.label) == ["safe", "unsafe"])
    #expect(summaries.map(\.count) == [2, 1])
    #expect(summaries[0].refusalLogOdds == 2 && summaries[1].refusalLogOdds == 3)
    #expect(summaries[0].divergence == 0.375)
    #expect(summaries[0].refusalRate == 0.5 && summaries[1].refusalRate == 0)
    #expect(summaries[0].brokenRate == 0.5 && summaries[1].brokenRate == 0)
  }

  @Test func `a group that lacks something is refused`() throws {
    let group = try #require(
      sample(answers: true).group(model: SyntheticStates.model, vectors: nil))
    for name in group.datasets.map(\.name)
    where !["label", "label_count", "refusal_rate", "broken_rate"].contains(name) {
      var damaged = group
      damaged.datasets.removeAll { $0.name == name }
      let found = Result { try Ablation(damaged, path: "sweep.h5") }
      // The means and defects are not read, and without answers a sweep is one without answers.
      let derived = [
        "refusal_log_odds", "kl", "baseline_refused", "prompt_refused", "perplexity",
        "baseline_defect", "prompt_defect",
        // Files of earlier versions have none.
        "alpha_unit", "added_share", "control", "baseline_surprisal", "prompt_surprisal",
      ]
      guard !derived.contains(name) else { continue }
      #expect(throws: StoreError.self, "\(name)") { try found.get() }
    }
  }
}

@Suite("A sweep goes on in its file")
struct SweepFileTests {
  let folder: Folder
  let provenance = Provenance(
    toolVersion: "1", commandLine: "test", created: Date(timeIntervalSince1970: 0))

  init() throws { folder = try Folder() }

  private func file(adapters: String?, sha256: String = "ab") -> SweepFile {
    SweepFile(
      path: folder.path("sweep.h5"), overwrite: false,
      model: StoredModel(
        name: "m", path: "m.gguf", sha256: sha256, adapters: adapters, architecture: "llama",
        nLayers: 2, dModel: 16, dVocab: 32), vectors: nil)
  }

  private func sample(_ settings: [String: String] = [:]) -> Ablation {
    Ablation(
      prompts: [Prompt(id: "a", text: "A")],
      points: [AblationPoint(mode: .skip, window: LayerWindow(first: 0, last: 0))],
      refusalTokenIDs: [1], refusalTokenTexts: ["I"], settings: settings,
      baseline: Ablation.Outcome(
        refusalLogOdds: [0], divergences: [0], answers: nil, perplexity: nil))
  }

  @Test func `a moved adapter folder is the same adapter`() throws {
    let sweep = sample()
    try file(adapters: "here/a scale 1.0 sha256 cd").write(sweep, provenance: provenance)
    #expect(try file(adapters: "there/b scale 1.0 sha256 cd").resume(sweep) == sweep)
  }

  @Test func `other weights, adapters and settings are refused by what differs`() throws {
    try file(adapters: "a scale 1.0 sha256 cd").write(sample(), provenance: provenance)
    func refusal(_ file: SweepFile, _ sweep: Ablation) -> String {
      do throws(AnalysisError) { _ = try file.resume(sweep) } catch { return "\(error)" }
      return "none"
    }
    #expect(
      refusal(file(adapters: "a scale 2.0 sha256 cd"), sample())
        .contains("another adapter (the adapter a scale 1.0, not the adapter a scale 2.0)"))
    #expect(refusal(file(adapters: nil), sample()).contains("not no adapter"))
    #expect(
      refusal(file(adapters: "a scale 1.0 sha256 cd", sha256: "ef"), sample())
        .contains("another model (m, not m)"))
    #expect(
      refusal(file(adapters: "a scale 1.0 sha256 cd"), sample(["system": "be good"]))
        .contains("another system (none, not be good)"))
  }
}
