import ArgumentParser
import ModelLibrary

/// How a prompt becomes the text that the model reads.
struct FormatOptions: ParsableArguments {
  @Option(help: "A system message for the chat template.")
  var system: String?

  @Option(
    help: ArgumentHelp(
      "Text after the generation prompt, as if the model had begun to answer.",
      discussion: "The positions query-end and last then differ.", valueName: "text"))
  var response: String?

  @Flag(help: "Take the prompts as whole texts, without the chat template.")
  var raw = false

  var format: PromptFormat { PromptFormat(system: system, response: response ?? "", raw: raw) }

  func validate() throws {
    guard !raw || system == nil else {
      throw ValidationError("--system needs the chat template, which --raw turns off; drop one.")
    }
  }
}
