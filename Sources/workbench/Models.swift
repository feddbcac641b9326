import ArgumentParser

struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the models at hand, look into one, or check one.",
    subcommands: [ModelsList.self, ModelsInspect.self, ModelsVerify.self])
}
