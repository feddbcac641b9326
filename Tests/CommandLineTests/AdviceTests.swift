import TestSupport
import Testing

@Suite("Advice names options that the command has, or a command that has them")
struct AdviceTests {
  let place: SteeringWorkplace

  init() throws {
    place = try SteeringWorkplace()
    try place.workplace.write(
      ChatModel.withBareTemplate(), to: "bare.gguf")
    try place.workplace.write("a,b\nx,y\n", to: "table.csv")
    try place.workplace.write("the kill", to: "text.txt")
  }

  @Test(
    "of commands that fail for what they were given",
    arguments: [
      ["steer", "--model", "tiny.gguf", "--vectors", "tiny.gguf", "Hi"],
      ["ablate", "--model", "tiny.gguf", "--vectors", "tiny.gguf", "--prompts", "prompts.csv"],
      ["logit-lens", "tiny.gguf", "--model", "tiny.gguf"],
      ["eval", "perplexity", "--model", "tiny.gguf", "text.txt", "--steer", "tiny.gguf"],
      ["eval", "run", "--model", "tiny.gguf", "--set", "mine=table.csv"],
      [
        "eval", "run", "--model", "bare.gguf", "--set", "mine=prompts.csv", "--vectors",
        "vectors.h5", "--method", "scans-repo",
      ],
      ["steer", "--model", "bare.gguf", "--vectors", "vectors.h5", "--allow-other-model", "Hi"],
      ["dump-activations", "--model", "tiny.gguf", "--prompts", "table.csv", "-o", "x.h5"],
      ["vectors", "convert", "vectors.h5", "-o", "x.gguf"],
    ])
  func options(command: [String]) throws {
    let output = try place.workplace.run(command)
    #expect(output.status != 0)
    let name = command.prefix { !$0.hasPrefix("-") && !$0.contains(".") }
    let help = try place.workplace.run(name + ["--help"]).stdout
    // What is advised of another command is in backquotes that name it.
    let own = output.stderr.split(separator: "\nUsage:")[0].replacing(/`workbench [^`]*`/, with: "")
      .replacing(/--[a-z-]+ NAME where the command has that/, with: "")
    for advised in own.matches(of: /--[a-z][a-z-]+/) {
      #expect(help.contains(advised.output), "\(output.stderr)")
    }
  }
}
