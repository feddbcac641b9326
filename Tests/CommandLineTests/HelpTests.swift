import Testing

@Suite("Help")
struct HelpTests {
  let workplace: Workplace

  init() throws { workplace = try Workplace() }

  @Test(
    "Every command shows an example in its help, on stdout",
    arguments: [
      ["dump-activations"], ["vectors"], ["vectors", "convert"], ["classify"], ["logit-lens"],
      ["steer"], ["ablate"], ["tsne"], ["judge", "calibrate"], ["judge", "phrases"], ["tokens"],
      ["figure"], ["report"], ["study"], ["eval"], ["eval", "run"], ["eval", "show"],
      ["eval", "perplexity"], ["eval", "mmlu"], ["eval", "summaries"], ["eval", "speed"],
      ["models", "list"],
      ["models", "inspect"],
    ])
  func example(command: [String]) throws {
    let output = try workplace.run(command + ["--help"])
    output.expectSuccess()
    let example = "EXAMPLE\n  workbench \(command.joined(separator: " "))"
    #expect(output.stdout.contains(example))
    #expect(output.stdout.contains("USAGE: workbench \(command.joined(separator: " "))"))
    #expect(output.stderr == "")
  }

  @Test("The version is a number")
  func version() throws {
    let output = try workplace.run(["--version"])
    output.expectSuccess()
    #expect(output.stdout.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test("The tool alone, and a group of commands, print what there is")
  func overview() throws {
    let tool = try workplace.run([])
    tool.expectSuccess()
    for command in [
      "dump-activations", "vectors", "classify", "logit-lens", "steer", "ablate", "eval", "tsne",
      "judge", "tokens", "models",
    ] {
      #expect(tool.stdout.contains("\n  \(command)"))
    }
    let models = try workplace.run(["models"])
    models.expectSuccess()
    #expect(models.stdout.contains("\n  list") && models.stdout.contains("\n  inspect"))
  }

  @Test("A command that does not exist")
  func unknownCommand() throws {
    let output = try workplace.run(["dump"])
    #expect(output.status == 64)
    #expect(output.stdout == "")
    #expect(output.stderr.hasPrefix("Error: Unexpected argument 'dump'\nUsage: workbench "))
  }
}
