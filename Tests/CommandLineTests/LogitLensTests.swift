import ActivationStore
import Foundation
import TestSupport
import Testing

@Suite("logit-lens reads states as tokens")
struct LogitLensTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.write("id,prompt\na,\"Hi, the kill\"\nb,How do I kill\nc,x\n", to: "prompts.csv")
    try workplace.write("Hi\nx\n", to: "prompts.txt")
  }

  private func lens(_ arguments: [String], model: String = "tiny.gguf") throws -> Output {
    try workplace.run(["logit-lens", "--model", model] + arguments)
  }

  private func json(_ arguments: [String]) throws -> [String: Any] {
    let output = try lens(arguments + ["--json"])
    output.expectSuccess()
    let value = try JSONSerialization.jsonObject(with: Data(output.stdout.utf8))
    return try #require(value as? [String: Any])
  }

  @Test("One prompt: a line per layer with entropy, KL, ranks and tokens")
  func onePrompt() throws {
    let output = try lens(["--prompt", "How do I", "--token", " ", "--top", "3"])
    output.expectSuccess()
    let lines = output.stdout.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines[0]
        == "States (resid_post) of one prompt, through the unembedding of tiny after its final norm"
    )
    #expect(lines[2].hasPrefix("prompt 1 at last, token "))
    #expect(
      lines[3].split(separator: " ").map(String.init)
        == ["layer", "entropy", "KL", "rank", "of", "␣", "1", "2", "3"])
    let last = lines[5].split(separator: " ")
    #expect(last[0] == "1" && last[2] == "0.00")
    #expect(lines.count == 7 && lines[6] == "")
    #expect(output.stdout.allSatisfy { $0 == "\n" || !$0.isWhitespace || $0 == " " })
  }

  @Test("Every position: the top token of every layer under the tokens that were read")
  func everyPosition() throws {
    let output = try lens(["--prompt", "How do I", "--raw", "--positions", "all"])
    output.expectSuccess()
    #expect(output.stdout.contains("\nprompt 1, tokens 0 to "))
    let header = output.stdout.split(separator: "\n").first { $0.hasPrefix("layer  H") }
    #expect(header?.contains("␣") == true)
    #expect(output.stdout.split(separator: "\n").allSatisfy { $0.count <= 110 })
  }

  @Test("Many prompts: a line per layer sums them up, JSON and CSV have each of them")
  func manyPrompts() throws {
    let arguments = ["--prompts", "prompts.csv", "--id-column", "id", "--token", "x", "--top", "2"]
    let output = try lens(arguments + ["--csv", "lens.csv"])
    output.expectSuccess()
    #expect(output.stdout.contains("\n3 prompts at last\n"))
    #expect(output.stdout.contains("median rank of x"))
    let object = try json(arguments)
    #expect(object["of"] as? String == "states" && object["finalNorm"] as? Bool == true)
    let prompts = try #require(object["prompts"] as? [[String: Any]])
    #expect(prompts.map { $0["id"] as? String } == ["a", "b", "c"])
    let rows = try String(decoding: workplace.bytes("lens.csv"), as: UTF8.self)
      .split(separator: "\n")
    #expect(
      rows[0] == "prompt_id,label,position,token_index,layer,entropy,kl,kind,rank,token_id,token,"
        + "probability,score")
    // 3 prompts, 2 layers, 2 top tokens and 1 that was asked for.
    #expect(rows.count == 1 + 3 * 2 * 3)
    #expect(rows[1].hasPrefix("a,,last,") && rows[1].contains(",top,1,"))
    #expect(rows[3].contains(",given,"))
  }

  @Test("A dump says the same as the prompts that it was made from")
  func dump() throws {
    try workplace.dump().expectSuccess()
    let fromDump = try json(["out.h5"])
    let fromPrompts = try json(["--prompts", "prompts.txt"])
    #expect(NSDictionary(dictionary: fromDump) == NSDictionary(dictionary: fromPrompts))
  }

  @Test("Results are written to HDF5 beside what the file holds, and replaced only with --force")
  func output() throws {
    try workplace.dump().expectSuccess()
    let arguments = ["out.h5", "-o", "out.h5", "--csv", "lens.csv"]
    try lens(arguments).expectSuccess()
    let group = try ResultFile.read("lens", from: workplace.path("out.h5"))
    #expect(group.attributes["of"] == .text("states"))
    #expect(group.attributes["final_norm"] == .integer(1))
    let tokens = try #require(group.datasets.first { $0.name == "top_id" })
    #expect(tokens.axes == ["prompt", "layer", "position", "rank"])
    #expect(tokens.shape == [2, 2, 1, 5])
    #expect(try ActivationReader(path: workplace.path("out.h5")).contents.prompts.count == 2)
    let again = try lens(arguments)
    #expect(again.status == 1 && again.stderr.contains("--force"))
    try lens(arguments + ["--force"]).expectSuccess()
  }

  @Test("A dump of other weights is refused")
  func otherModel() throws {
    try workplace.dump(["--raw"]).expectSuccess()
    try workplace.write(ChatModel.replacing("Tiny", with: "Tinz"), to: "other.gguf")
    try workplace.expectRefusal(
      of: ["logit-lens", "out.h5", "--model", "other.gguf"],
      "out.h5 was made with other weights than other's; give --model tiny")
  }

  @Test("What cannot be read is named")
  func refusals() throws {
    let model = ["logit-lens", "--model", "tiny.gguf"]
    try workplace.expectRefusal(
      of: model + ["--prompt", "x", "--token", "xyz"],
      "\"xyz\" is not one token but 3 (\"x\" \"y\" \"z\"); "
        + "give --token a text that is one token, with its leading space")
    try workplace.expectRefusal(
      of: model + ["--prompt", "x", "--layers", "9"],
      "there is no layer 9: the model's layers are 0 to 1; correct --layers")
    try workplace.write("old", to: "old.csv")
    try workplace.expectRefusal(
      of: model + ["--prompt", "x", "--csv", "old.csv"],
      "old.csv exists already; choose another output or replace it with --force")
    try workplace.expectRefusal(
      of: model + ["--prompt", "x", "--csv", "none/lens.csv"],
      "cannot create none/lens.csv because the folder none does not exist; create it first")
  }

  @Test(
    "The command line is checked before the model is opened",
    arguments: [
      ([], "Give one of a file, --prompt and --prompts."),
      (["out.h5", "--prompt", "x"], "Give one of a file, --prompt and --prompts."),
      (["out.h5", "--raw"], "--system, --response and --raw go with --prompt and --prompts only."),
      (
        ["--prompt", "x", "--of", "states"],
        "--of chooses what to read in a file; name the file or drop --of."
      ),
      (["--prompt", "x", "--top", "0"], "--top is 0; give a count from 1 to 1000."),
      (["--prompt", "x", "-o", "folder/"], "--output \"folder/\" has no file name; give one."),
    ])
  func usage(arguments: [String], sentence: String) throws {
    let output = try lens(arguments, model: "missing")
    #expect(output.status == 64 && output.stdout == "")
    #expect(output.stderr.hasPrefix("Error: \(sentence)\n"))
  }
}
