import ActivationStore
import Foundation
import Testing

@Suite("Prompts that are the last turn of a chat")
struct ChatPromptTests {
  let place: SteeringWorkplace
  var workplace: Workplace { place.workplace }

  init() throws {
    place = try SteeringWorkplace()
    let turns =
      #"{"role":"user","content":"a"},{"role":"assistant","content":"cat"},{"role":"user","content":"he"}"#
    let system = #"{"role":"system","content":"kill"},{"role":"user","content":"the"}"#
    try workplace.write(
      "{\"messages\":[\(turns)],\"label\":\"safe\"}\n{\"messages\":[\(system)],\"label\":\"unsafe\"}\n",
      to: "chats.jsonl")
  }

  @Test("The model reads what was said before them")
  func tokens() throws {
    try workplace.dump(prompts: "chats.jsonl").expectSuccess()
    let reader = try ActivationReader(path: workplace.path("out.h5"))
    let texts = [
      "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\ncat<|im_end|>\n"
        + "<|im_start|>user\nhe<|im_end|>\n<|im_start|>assistant\n",
      "<|im_start|>system\nkill<|im_end|>\n<|im_start|>user\nthe<|im_end|>\n<|im_start|>assistant\n",
    ]
    for (prompt, text) in zip(reader.contents.prompts, texts) {
      let output = try workplace.run(["tokens", "--model", "tiny.gguf", "--raw", "--json", text])
      let report = try #require(
        JSONSerialization.jsonObject(with: Data(output.stdout.utf8)) as? [String: Any])
      let tokens = try #require(report["tokens"] as? [[String: Any]])
      #expect(prompt.tokens.map(Int.init) == tokens.compactMap { $0["id"] as? Int })
    }
    #expect(reader.contents.prompts.map(\.text) == ["he", "the"])
  }

  @Test("A sweep over them knows them again when it goes on")
  func resuming() throws {
    let sweep = ["--mode", "steer", "--windows", "0,1"]
    func run() throws -> Output {
      try workplace.run(
        ["ablate"] + SteeringWorkplace.model + SteeringWorkplace.vectors
          + ["--prompts", "chats.jsonl", "-o", "s.h5"] + sweep)
    }
    try run().expectSuccess()
    let whole = try ResultFile.read("ablation", from: workplace.path("s.h5"))
    var cut = whole
    for (index, dataset) in whole.datasets.enumerated() {
      if case .truths = dataset.values, dataset.name == "done" {
        cut.datasets[index].values = .truths([true, true, true, false])
      }
    }
    try ResultFile.write(
      [cut], to: workplace.path("s.h5"),
      provenance: Provenance(toolVersion: "1", commandLine: "", created: .now), overwrite: true)
    let output = try run()
    output.expectSuccess()
    #expect(output.stderr.contains("3 of 4 points are there already"))
    #expect(try ResultFile.read("ablation", from: workplace.path("s.h5")) == whole)
  }

  @Test("A second system text, and --raw, are refused")
  func refusals() throws {
    try workplace.expectDumpRefusal(
      with: ["--raw"], prompts: "chats.jsonl",
      "prompt 1: the chat has several turns, which only a chat template makes into text; leave out "
        + "--raw")
    try workplace.expectDumpRefusal(
      with: ["--system", "Be kind."], prompts: "chats.jsonl",
      "prompt 2: the chat begins with a system text and another was given; take one of them away")
  }
}
