import ActivationStore
import Foundation
import TestSupport
import Testing

@Suite("What a file says of how it was made")
struct RecordTests {
  let place: SteeringWorkplace

  init() throws { place = try SteeringWorkplace() }

  @Test("A shell takes the recorded command apart into the words it was given")
  func commandLine() throws {
    let words = ["it's", "two  words", "", "$HOME `x` \"y\" \\", "a\nb", "*"]
    for word in words {
      try place.workplace.dump(
        ["--system", word, "--force"], prompts: "prompts.csv"
      ).expectSuccess()
      let reader = try ActivationReader(path: place.workplace.path("out.h5"))
      let line = reader.header.commandLine
      let output = try place.workplace.shell("set -- \(line); printf '%s|' \"$@\"")
      #expect(
        output.stdout.contains("|--system|\(word)|--force|") || output.stdout.contains("|\(word)|"))
      #expect(output.stderr == "")
    }
  }

  @Test("The format of prompts and how answers came about stand as attributes")
  func settings() throws {
    let output = try place.steer([
      "--prompts", "prompts.csv", "--sign", "+1", "--system", "Be brief", "--response", "Sure",
      "--temperature", "2", "--seed", "7", "-o", "answers.h5",
    ])
    output.expectSuccess()
    let group = try ResultFile.read("steering", from: place.workplace.path("answers.h5"))
    #expect(group.attributes["system"] == .text("Be brief"))
    #expect(group.attributes["response"] == .text("Sure"))
    #expect(group.attributes["raw"] == .text("no"))
    #expect(group.attributes["max_new_tokens"] == .integer(4))
    #expect(group.attributes["temperature"] == .number(2))
    #expect(group.attributes["sampling_seed"] == .integer(7))
    #expect(group.attributes["precision"] == .text("f32"))
    #expect(group.attributes["judge"] == .text("standard"))
  }

  @Test("Variables of the template reach it, and stand in the file")
  func templateArguments() throws {
    try place.workplace.write(
      ChatModel.withBareTemplate(adding: "{{ flag }}{{ day }}"), to: "asking.gguf")
    let output = try place.workplace.run([
      "tokens", "--model", "asking.gguf", "--template-arg", "flag=false", "--template-arg",
      "day=26 Jul", "--json", "Hi",
    ])
    output.expectSuccess()
    #expect(output.stdout.contains("False26 Jul"))
    try place.workplace.dump(["--template-arg", "flag=[1, \"a\"]"], prompts: "prompts.csv")
      .expectSuccess()
    for (argument, problem) in [
      ("flag", "flag"), ("=1", "=1"), ("messages=[]", "messages"),
    ] {
      let refused = try place.workplace.run(
        ["tokens", "--model", "asking.gguf", "--template-arg", argument, "Hi"])
      #expect(refused.status == 64 && refused.stderr.contains(problem), "\(refused.stderr)")
    }
  }
}

@Suite("Inputs that are no files")
struct PipeTests {
  @Test(
    "A pipe is refused at once",
    arguments: [
      ["vectors", "pipe.h5", "-o", "o.h5"], ["tsne", "pipe.h5"], ["report", "pipe.h5", "-o", "r"],
      ["figure", "pipe.h5", "tsne", "-o", "a.svg"],
      ["logit-lens", "pipe.h5", "--model", "tiny.gguf"],
      ["logit-lens", "pipe.gguf", "--model", "tiny.gguf"],
      ["vectors", "convert", "pipe.h5", "-o", "o.gguf"], ["tokens", "--model", "pipe.gguf", "Hi"],
    ])
  func pipe(command: [String]) throws {
    let workplace = try Workplace()
    for name in ["pipe.h5", "pipe.gguf"] { #expect(mkfifo(workplace.path(name), 0o600) == 0) }
    let output = try workplace.run(command)
    #expect(output.status == 1)
    #expect(output.stderr.contains("a pipe") || output.stderr.contains("not a regular file"))
  }
}

@Suite("Nothing of a prompt file is mended or left out in silence")
struct SilentRepairTests {
  let workplace: Workplace

  init() throws { workplace = try Workplace() }

  @Test("--raw keeps the white space around a prompt")
  func whiteSpace() throws {
    try workplace.write("[\"  the kill\\n \"]", to: "prompts.json")
    try workplace.dump(["--raw"], prompts: "prompts.json").expectSuccess()
    let raw = try ActivationReader(path: workplace.path("out.h5")).contents.prompts
    #expect(raw.map(\.text) == ["  the kill\n "])
    try workplace.dump(["--force"], prompts: "prompts.json").expectSuccess()
    let chat = try ActivationReader(path: workplace.path("out.h5")).contents.prompts
    #expect(chat.map(\.text) == ["the kill"])
  }

  @Test(
    "An id column that does not tell rows apart, and a second text that belongs to the prompt",
    arguments: [
      (
        "id,prompt\n2,a\n2,b\n",
        "(row 2 (line 3) has the id '2' of row 1 (line 2)), so ids are row numbers"
      ),
      ("id,prompt\n2,a\n,b\n", "(row 2 (line 3) has none), so ids are row numbers"),
      ("instruction,input\na,x\nb,\n", "the column 'input', which 1 row fill, is left out"),
      (
        "Behavior,ContextString\na,x\nb,y\n",
        "the column 'ContextString', which 2 rows fill, is left out"
      ),
    ])
  func warnings(table: String, warning: String) throws {
    try workplace.write(table, to: "prompts.csv")
    let output = try workplace.dump(prompts: "prompts.csv")
    #expect(output.status == 0)
    #expect(output.stderr.contains("Warning: prompts.csv: ") && output.stderr.contains(warning))
  }
}
