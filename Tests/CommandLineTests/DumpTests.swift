import ActivationStore
import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite("dump-activations writes what the model computes")
struct DumpTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.write(
      """
      id,prompt,kind
      a,"Hi, the kill",contrast_x
      b,How do I kill,plain
      c,x,contrast_y

      """, to: "prompts.csv")
  }

  private func dump(_ arguments: [String] = [], output: String = "out.h5") throws
    -> ActivationReader
  {
    try workplace.dump(arguments, prompts: "prompts.csv", output: output).expectSuccess()
    return try ActivationReader(path: workplace.path(output))
  }

  private static let everyHook =
    "embed,resid_pre,resid_mid,resid_post,attn_out,mlp_out,ln_final,logits"

  @Test("The file names its prompts, labels, layers and how it was made")
  func contents() throws {
    let reader = try dump(["--label-column", "kind", "--label-map", "contrast_*=unsafe,*=safe"])
    #expect(reader.contents.prompts.map(\.id) == ["a", "b", "c"])
    #expect(reader.contents.prompts.map(\.label) == ["unsafe", "safe", "unsafe"])
    #expect(reader.contents.prompts.map(\.text) == ["Hi, the kill", "How do I kill", "x"])
    #expect(reader.contents.layers == [0, 1])
    #expect(try reader.shape(of: "resid_post") == [3, 2, 1, ChatModel.dModel])
    let header = reader.header
    #expect(header.model.name == "tiny" && header.model.path == "tiny.gguf")
    #expect(header.model.architecture == "llama")
    #expect(header.model.nLayers == ChatModel.nLayers && header.model.dVocab == ChatModel.dVocab)
    #expect(header.precision == "f32" && header.dtype == .f32)
    #expect(header.chatTemplateSHA256?.count == 64)
    #expect(header.commandLine.contains(" dump-activations --model tiny.gguf --prompts"))
  }

  @Test("The rows of all hook points fit together as in a transformer")
  func consistency() throws {
    let reader = try dump(["--hooks", Self.everyHook, "--positions", "all"])
    let count = reader.contents.prompts.count
    func values(_ hook: String, _ layer: Int? = nil) throws -> [Float] {
      try reader.rows(hook: hook, layer: layer, prompts: 0..<count).values
    }
    #expect(try values("resid_pre", 0) == values("embed"))
    #expect(try values("resid_pre", 1) == values("resid_post", 0))
    for layer in 0..<ChatModel.nLayers {
      let pre = try values("resid_pre", layer)
      let mid = try values("resid_mid", layer)
      expectClose(mid, sum(pre, try values("attn_out", layer)))
      expectClose(try values("resid_post", layer), sum(mid, try values("mlp_out", layer)))
      #expect(mid != pre)
    }
  }

  @Test("The embedding, the final norm and the logits are those of the checkpoint's weights")
  func checkpoint() throws {
    let reader = try dump(["--hooks", "embed,resid_post,ln_final,logits", "--positions", "all"])
    let file = try GGUFFile(path: ChatModel.path)
    let embedding = try file.tensor(named: "token_embd.weight").unpacked()
    let scale = try file.tensor(named: "output_norm.weight").unpacked()
    let width = ChatModel.dModel
    for (prompt, stored) in reader.contents.prompts.enumerated() {
      func rows(_ hook: String, _ layer: Int? = nil) throws -> [Float] {
        try reader.rows(hook: hook, layer: layer, prompts: prompt..<prompt + 1).values
      }
      let expected = stored.tokens.flatMap { embedding[Int($0) * width..<(Int($0) + 1) * width] }
      #expect(try rows("embed") == expected)
      let last = Array(try rows("resid_post", ChatModel.nLayers - 1).suffix(width))
      let normed = Array(try rows("ln_final").suffix(width))
      expectClose(normed, rmsNorm(last, scale: scale))
      // The embedding is tied, so it is the unembedding, [d_vocab, d_model], too.
      let logits = (0..<ChatModel.dVocab).map { token in
        dot(normed, Array(embedding[token * width..<(token + 1) * width]))
      }
      expectClose(Array(try rows("logits").suffix(ChatModel.dVocab)), logits)
    }
  }

  @Test("Only the layers that are asked for are stored, and they are the same")
  func layers() throws {
    let all = try dump(output: "all.h5")
    let one = try dump(["--layers", "1"], output: "one.h5")
    #expect(one.contents.layers == [1])
    let values = try one.matrix(hook: "resid_post", layer: 1, position: "last").values
    #expect(try values == all.matrix(hook: "resid_post", layer: 1, position: "last").values)
    #expect(try dump(["--layers", "1,0-1"], output: "twice.h5").contents.layers == [0, 1])
  }

  @Test("Half precision stores the same values, rounded")
  func halfPrecision() throws {
    let full = try dump(output: "f32.h5").prompt(1, hook: "resid_post").values
    let half = try dump(["--dtype", "f16"], output: "f16.h5")
    #expect(half.header.dtype == .f16)
    let values = try half.prompt(1, hook: "resid_post").values
    #expect(values != full)
    for (rounded, exact) in zip(values, full) {
      // Half of float16's spacing, which is 2^-10 of the number's power of two.
      #expect(abs(rounded - exact) <= max(abs(exact) * 0x1p-11, 0x1p-25))
    }
  }

  @Test("A limit takes the first prompts, whose values do not depend on the others")
  func limit() throws {
    let all = try dump(output: "all.h5")
    let one = try dump(["--first", "1"], output: "one.h5")
    #expect(one.contents.prompts == [all.contents.prompts[0]])
    #expect(
      try one.prompt(0, hook: "resid_post").values == all.prompt(0, hook: "resid_post").values)
  }

  @Test("A prompt's values depend neither on the chunks nor on the threads")
  func chunks() throws {
    let prompts = (0..<60).map { "\($0 * 7919) bottles of beer" }
    try workplace.write(prompts.joined(separator: "\n"), to: "many.txt")
    let every = ["--hooks", "embed,resid_post,logits"]
    func file(_ arguments: [String], _ name: String) throws -> [Float] {
      try workplace.dump(every + arguments, prompts: "many.txt", output: name).expectSuccess()
      let reader = try ActivationReader(path: workplace.path(name))
      return try [("embed", nil), ("resid_post", 0), ("resid_post", 1), ("logits", nil)]
        .flatMap { try reader.rows(hook: $0.0, layer: $0.1, prompts: 0..<60).values }
    }
    let small = ["--memory-budget", "60K"]
    let plan = try workplace.dump(every + small + ["--dry-run"], prompts: "many.txt").stdout
    let passes = try #require(plan.firstMatch(of: /passes +(\d+), in (\d+) chunk/))
    #expect(try #require(Int(passes.1)) > 1)
    #expect(try #require(Int(passes.2)) > 3)
    let whole = try file([], "whole.h5")
    #expect(try file(small, "small.h5") == whole)
    #expect(try file(["--threads", "1"], "one.h5") == whole)
    #expect(try file(["--threads", "5"], "five.h5") == whole)
  }

  @Test("The same command writes the same bytes, but for the time when it began")
  func deterministic() throws {
    let arguments = ["--hooks", Self.everyHook, "--positions", "all"]
    var files: [[UInt8]] = []
    for _ in 0..<2 {
      let reader = try dump(arguments + ["--force"])
      var bytes = try workplace.bytes("out.h5")
      let stamp = Array(reader.header.created.formatted(.iso8601).utf8)
      // As `created`, and in the history.
      let ranges = bytes.ranges(of: stamp)
      #expect(ranges.count == 2)
      for range in ranges {
        bytes.replaceSubrange(range, with: [UInt8](repeating: 0, count: stamp.count))
      }
      files.append(bytes)
      // The stamp has whole seconds; the second run must have another.
      usleep(1_100_000)
    }
    let differing = zip(files[0], files[1]).enumerated().first { $0.element.0 != $0.element.1 }
    #expect(differing?.offset == nil && files[0].count == files[1].count)
  }

  @Test("A dry run prints the plan and writes nothing")
  func dryRun() throws {
    let output = try workplace.dump(["--dry-run"], prompts: "prompts.csv")
    output.expectSuccess()
    #expect(output.stderr == "")
    let plan = output.stdout.split(separator: "\n")
    #expect(
      plan.map { $0.prefix { $0 != " " } }
        == ["tokens", "blocks", "passes", "memory", "disk", "time"])
    let tokens = try dump().contents.prompts.reduce(0) { $0 + $1.tokens.count }
    #expect(plan[0].hasPrefix("tokens     \(tokens), of which "))
    #expect(plan[1] == "blocks     2")
    #expect(plan[2] == "passes     1, in 1 chunk")
    // 3 prompts, 2 layers, 16 numbers of 4 bytes.
    #expect(plan[4] == "disk       384 B of activations")
    #expect(try workplace.names == ["out.h5", "prompts.csv", "tiny.gguf"])
  }

  @Test("The result is one line on stdout; how it went is on stderr")
  func streams() throws {
    let output = try workplace.dump(["--first", "1", "--layers", "0"], prompts: "prompts.csv")
    output.expectSuccess()
    #expect(output.stdout == "out.h5: 1 prompt, 1 layer, resid_post, 64 B\n")
    #expect(output.stderr.contains(" tokens/s\n"))
  }
}
