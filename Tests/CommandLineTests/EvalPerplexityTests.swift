import ActivationStore
import Foundation
import TestSupport
import Testing

@Suite("eval perplexity")
struct EvalPerplexityTests {
  private static let command = ["eval", "perplexity"] + SteeringWorkplace.model
  private static let steering = ["--steer", "vectors.h5", "--layers", "1"]
  private let place: SteeringWorkplace

  init() throws {
    place = try SteeringWorkplace()
    try workplace.write("the kill in the house, and out of it; the end", to: "text.txt")
    try workplace.write("a cat in the house\n", to: "other.txt")
  }

  private var workplace: Workplace { place.workplace }

  @Test("A row for each text and variant, and everything in the files")
  func texts() throws {
    let output = try workplace.run(
      Self.command + [
        "text.txt", "other.txt", "--window", "16", "--csv", "p.csv", "-o", "p.h5",
        "--markdown", "p.md", "--latex", "p.tex",
      ] + Self.steering)
    output.expectSuccess()
    let lines = output.stdout.split(separator: "\n").map(String.init)
    #expect(lines[0] == "tiny, plain text, perplexity in windows of 16 tokens")
    #expect(
      lines[1].hasPrefix("steered: layers 1 at all positions, alpha 3.5, vectors of length 1; "))
    #expect(lines.count == 8)
    let group = try ResultFile.read("perplexity", from: workplace.path("p.h5"))
    #expect(group.attributes["window"] == .integer(16))
    #expect(group.attributes["steered_positions"] == .text("all"))
    #expect(group.attributes["alpha"] == .number(3.5))
    let dataset = { name in group.datasets.first { $0.name == name } }
    #expect(dataset("token_perplexity")?.shape == [2, 2])
    #expect(dataset("text")?.values == .texts(["text.txt", "other.txt"]))
    let windows = try #require(dataset("window_scored")?.shape)
    #expect(dataset("window_loss")?.shape == windows + [2] && dataset("score")?.shape == windows)
    let csv = String(decoding: try workplace.bytes("p.csv"), as: UTF8.self)
    #expect(csv.hasPrefix("text,format,variant,tokens,words,bytes,token_perplexity,"))
    #expect(csv.split(separator: "\n").count == 5)
    let markdown = String(decoding: try workplace.bytes("p.md"), as: UTF8.self)
    #expect(markdown.contains("| text |  | tokens | words | per token |"))
    let latex = String(decoding: try workplace.bytes("p.tex"), as: UTF8.self)
    #expect(latex.hasPrefix("% tiny, plain text") && latex.contains("\n% steered: layers 1"))
  }

  @Test("JSON has the same figures; without steering there is one variant")
  func json() throws {
    let output = try workplace.run(Self.command + ["text.txt", "--json", "--max-tokens", "9"])
    output.expectSuccess()
    let rows = try JSONSerialization.jsonObject(with: Data(output.stdout.utf8))
    let first = try #require((rows as? [[String: Any]])?.first)
    #expect((rows as? [Any])?.count == 1 && first["tokens"] as? Int == 9)
    let figures = try #require(first["figures"] as? [String: Double])
    #expect(figures.count == 4 && figures.values.allSatisfy { $0 > 0 })
  }

  @Test("A chat has a perplexity per token alone")
  func chat() throws {
    let output = try workplace.run(
      Self.command + ["text.txt", "--format", "chat", "--window", "100"] + Self.steering
        + ["--sign", "+1"])
    output.expectSuccess()
    let headline = "tiny, chunks as a chat, perplexity in windows of 100 tokens\n"
    #expect(output.stdout.hasPrefix(headline))
    #expect(output.stdout.contains("from the query end on, alpha 3.5"))
    #expect(output.stdout.hasSuffix("         -\n"))
  }

  @Test(
    "What cannot be measured leaves no file",
    arguments: [
      (["none.txt"], "none.txt: the file cannot be read (it does not exist); check the path"),
      (["bytes.txt"], "bytes.txt, byte 4 (line 2): the bytes here are not valid UTF-8; save the"),
      (["empty.txt"], "empty.txt has 0 tokens, too few for a perplexity; give a longer text"),
      (["text.txt", "--format", "chat", "--window", "8"], "windows of 8 tokens leave no room"),
      (["text.txt", "--steer", "text.txt"], "text.txt"),
      (
        ["text.txt", "--steer", "vectors.h5", "--layers", "5"],
        "vectors.h5 has no vector at layer 5; it has 0-1"
      ),
    ])
  func refusals(arguments: [String], expected: String) throws {
    try workplace.write("", to: "empty.txt")
    try Data([97, 98, 99, 10, 0xFF, 98]).write(
      to: URL(fileURLWithPath: workplace.path("bytes.txt")))
    let before = try workplace.names
    let output = try workplace.run(
      Self.command + arguments + ["-o", "out.h5", "--csv", "out.csv"])
    #expect(output.status == 1 && output.stdout == "")
    #expect(output.stderr.contains(expected), "\(output.stderr)")
    #expect(try workplace.names == before)
  }

  @Test("A template that puts nothing after the user's text makes no chat")
  func bare() throws {
    try workplace.write(ChatModel.withBareTemplate(), to: "bare.gguf")
    let run = ["eval", "perplexity", "--model", "bare.gguf", "text.txt"]
    try workplace.run(run).expectSuccess()
    try workplace.expectRefusal(
      of: run + ["--format", "chat"],
      "the chat template of bare.gguf puts nothing after the user's text, so a chat has no answer "
        + "to score; give --format plain")
  }

  @Test(
    "Flags that do not fit are refused before the model is opened",
    arguments: [
      (
        ["--alpha", "2"], "--alpha is about steering; give --steer a file from `workbench vectors`."
      ),
      (["--sign", "+1"], "--sign is about steering; give --steer"),
      (["--window", "1"], "--window is 1; give 2 tokens or more."),
      (["--max-tokens", "0"], "--max-tokens is 0; give 2 or more."),
    ])
  func usage(arguments: [String], expected: String) throws {
    let output = try workplace.run(
      ["eval", "perplexity", "--model", "none.gguf", "text.txt"] + arguments)
    #expect(output.status == 64 && output.stderr.contains(expected), "\(output.stderr)")
  }

  @Test("Vectors of another model are refused, and an output in the way")
  func inTheWay() throws {
    try workplace.write(ChatModel.withNaNInFinalNorm(), to: "other.gguf")
    let other = try workplace.run(
      ["eval", "perplexity", "--model", "other.gguf", "text.txt"] + Self.steering)
    #expect(other.status == 1 && other.stderr.contains("vectors.h5 was made with"))
    let broken = try workplace.run(["eval", "perplexity", "--model", "other.gguf", "text.txt"])
    #expect(broken.status == 1 && broken.stderr.contains("window 1 of text.txt"))
    let first = Self.command + ["text.txt", "-o", "p.h5"]
    try workplace.run(first).expectSuccess()
    let again = try workplace.run(first)
    #expect(again.status == 1 && again.stderr.contains("p.h5"))
    try workplace.run(first + ["--force"]).expectSuccess()
  }
}
