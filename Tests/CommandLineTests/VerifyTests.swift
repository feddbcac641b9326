import Foundation
import TestSupport
import Testing

@Suite("models verify looks at weights, tokenizer, template and forward pass")
struct VerifyTests {
  let workplace: Workplace

  init() throws { workplace = try Workplace() }

  @Test("A sound model passes all checks")
  func sound() throws {
    let output = try workplace.run(["models", "verify", "tiny.gguf", "--json"])
    output.expectSuccess()
    let checks = try #require(
      JSONSerialization.jsonObject(with: Data(output.stdout.utf8)) as? [[String: Any]])
    #expect(
      checks.compactMap { $0["name"] as? String }
        == ["weights", "tokenizer", "chat template", "forward pass"])
    #expect(checks.allSatisfy { $0["passed"] as? Bool == true })
    #expect((checks.first?["finding"] as? String) == "20 weights, 8752 numbers, all finite")
  }

  @Test("A model that cannot be opened is a check that failed")
  func unopened() throws {
    try workplace.write(ChatModel.replacing("smollm", with: "smollx"), to: "bad.gguf")
    let output = try workplace.run(["models", "verify", "bad.gguf"])
    #expect(output.status == 1)
    #expect(output.stderr == "")
    #expect(output.stdout.contains("opening  FAILED  bad.gguf names the pre-tokenizer 'smollx'"))
    let told = try workplace.run(
      ["models", "verify", "bad.gguf", "--pre-tokenizer", "smollm"])
    told.expectSuccess()
    let missing = try workplace.run(["models", "verify", "missing.gguf"])
    #expect(missing.status == 1 && missing.stdout == "")
  }

  @Test("A NaN in a weight fails two checks, by name, and the exit code says so")
  func notANumber() throws {
    try workplace.write(ChatModel.withNaNInFinalNorm(), to: "nan.gguf")
    let output = try workplace.run(["models", "verify", "nan.gguf"])
    #expect(output.status == 1)
    let lines = output.stdout.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("weights        FAILED  finalNorm holds nan") })
    #expect(lines.contains { $0.hasPrefix("forward pass   FAILED  logits is NaN or infinite") })
    #expect(lines.contains { $0.hasPrefix("tokenizer      ok") })
  }
}
