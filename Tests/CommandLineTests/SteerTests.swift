import ActivationStore
import Foundation
import TestSupport
import Testing

@Suite("steer answers twice")
struct SteerTests {
  let place: SteeringWorkplace

  init() throws { place = try SteeringWorkplace() }

  private var workplace: Workplace { place.workplace }

  @Test("One prompt, with s_q, sigma and both answers")
  func one() throws {
    let output = try place.steer(["--threshold", "anchors", "the kill"])
    output.expectSuccess()
    let lines = output.stdout.split(separator: "\n").map(String.init)
    try #require(lines.count > 4)
    #expect(lines[0].hasPrefix("tiny, layers 1 steered from the query end on, alpha 3.5, "))
    #expect(lines[0].contains("vectors of length 1; sigma from s_q >= "))
    #expect(lines[1].hasPrefix("|alpha v| / |x| at these layers: "))
    #expect(lines[2].hasPrefix("KL(unsteered || steered) along the unsteered answers: "))
    #expect(lines[3] == "1  the kill")
    #expect(lines[4].hasPrefix("  s_q ") && lines[4].contains(", sigma "))
    #expect(lines.contains { $0.hasPrefix("  unsteered (") })
    #expect(lines.contains { $0.hasPrefix("  steered (") })
    #expect(!output.stdout.contains("refused  answered"))
  }

  @Test("A file of prompts, with refusals per label")
  func several() throws {
    let output = try place.steer(
      SteeringWorkplace.prompts + ["--sign", "-1", "--csv", "answers.csv", "-o", "answers.h5"])
    output.expectSuccess()
    #expect(output.stdout.contains("\nlabel   prompts  answers "))
    #expect(output.stdout.contains("; sigma -1\n"))
    let inSample = "Warning: the vectors were made from 4 of these 4 prompts, so what is found on "
    #expect(output.stderr.contains(inSample))
    let group = try ResultFile.read("steering", from: workplace.path("answers.h5"))
    #expect(group.attributes["alpha"] == .number(3.5))
    #expect(group.attributes["profile"] == .text("scans-repo"))
    let perLayer: Set<String> = ["steered_layer", "added_share"]
    let perPrompt = group.datasets.filter { !perLayer.contains($0.name) }
    #expect(perPrompt.map(\.shape) == Array(repeating: [4], count: perPrompt.count))
    #expect(perPrompt.contains { $0.name == "kl" })
    #expect(group.datasets.count == perPrompt.count + 2)
    #expect(!group.datasets.contains { $0.name == "score" })
    let csv = String(decoding: try workplace.bytes("answers.csv"), as: UTF8.self)
    #expect(
      csv.hasPrefix("id,label,prompt,score,sigma,unsteered,unsteered_refused,unsteered_defect,"))
  }

  @Test("Scores are those of classify, and alpha 0 changes no answer")
  func scores() throws {
    let output = try place.steer(
      SteeringWorkplace.prompts + ["--alpha", "0", "--json"])
    output.expectSuccess()
    let classified = try workplace.run(
      ["classify"] + SteeringWorkplace.model + SteeringWorkplace.prompts
        + SteeringWorkplace.vectors + ["--json"])
    func rows(_ text: String, _ key: String) throws -> [[String: Any]] {
      let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      return try #require(json?[key] as? [[String: Any]])
    }
    let answers = try rows(output.stdout, "answers")
    let prompts = try rows(classified.stdout, "prompts")
    #expect(
      answers.map { $0["score"] as? Double } == prompts.map { $0["score"] as? Double })
    #expect(answers.map { $0["sigma"] as? Int } == prompts.map { $0["sigma"] as? Int })
    for answer in answers {
      let (before, after) = (
        answer["unsteered"] as? NSDictionary, answer["steered"] as? NSDictionary
      )
      #expect(before != nil && before == after)
    }
  }

  @Test("The seed decides on the draws")
  func sampling() throws {
    func answer(_ seed: String) throws -> String {
      let output = try place.steer(["--sign", "+1", "--temperature", "3", "--seed", seed, "the"])
      output.expectSuccess()
      return output.stdout
    }
    let first = try answer("1")
    #expect(try answer("1") == first)
    #expect(try answer("2") != first)
  }

  @Test(
    "What cannot be steered with",
    arguments: [
      (["--layers", "5", "x"], "vectors.h5 has no vector at layer 5; it has 0-1"),
      (["--classifier-layers", "7", "x"], "vectors.h5 has no vector at layer 7; it has 0-1"),
      (["--judge", "none.txt", "x"], "none.txt"),
    ])
  func refusals(arguments: [String], sentence: String) throws {
    let output = try place.steer(arguments)
    #expect(output.status == 1 && output.stdout == "")
    #expect(output.stderr.contains(sentence), "\(output.stderr)")
  }

  @Test(
    "What is no steering is refused before the model is opened",
    arguments: [
      (["--alpha", "inf", "x"], "invalid for '--alpha"),
      (["--alpha", "n", "x"], "invalid for '--alpha"),
      (["--alpha", "much", "x"], "invalid for '--alpha"),
      (["--threshold", "nan", "x"], "invalid for '--threshold"),
      (["--sign", "+1", "--threshold", "0.5", "x"], "need --sign auto."),
      (["--sign", "+1", "--classifier", "cosine", "x"], "need --sign auto."),
      (["--classifier", "magic", "x"], "invalid for '--classifier"),
      (["--sign", "2", "x"], "invalid for '--sign"),
      (["--top-p", "0.5", "x"], "--top-p needs --temperature."),
      (["--temperature", "0", "x"], "--temperature is 0.0; give a number above 0."),
      (["--repetition-penalty", "0", "x"], "--repetition-penalty is 0.0"),
      ([], "Give a prompt or --prompts, one of them."),
      (["--prompts", "prompts.csv", "x"], "Give a prompt or --prompts, one of them."),
    ])
  func usage(arguments: [String], sentence: String) throws {
    let output = try workplace.run(
      ["steer", "--model", "none.gguf"] + SteeringWorkplace.vectors + arguments)
    #expect(output.status == 64 && output.stderr.contains(sentence), "\(output.stderr)")
  }

  @Test("A model without middle layers needs to be told which to steer")
  func shallow() throws {
    try workplace.expectRefusal(
      of: ["steer"] + SteeringWorkplace.model + SteeringWorkplace.vectors + ["x"],
      "no layer is left to steer; name some with --layers")
  }

  @Test("A template that puts nothing after the user's text has no query end")
  func marker() throws {
    try workplace.write(ChatModel.withBareTemplate(), to: "bare.gguf")
    let prompts = SteeringWorkplace.prompts
    let run =
      ["steer", "--model", "bare.gguf", "--allow-other-model", "--max-new-tokens", "2"]
      + ["--layers", "1"]
      + SteeringWorkplace.vectors
    let ablation =
      ["ablate", "--model", "bare.gguf", "--allow-other-model"] + SteeringWorkplace.vectors
    for arguments in [run, ablation] {
      try workplace.expectRefusal(
        of: arguments + prompts + ["--sign", "+1"],
        "the chat template of bare puts nothing after the user's text, so the query has no end "
          + "to steer from; use a model whose template marks it, or `workbench steer --raw`, which "
          + "steers from the last token of a text")
      try workplace.run(arguments + prompts + ["--raw", "--sign", "-1"]).expectSuccess()
    }
  }
}
