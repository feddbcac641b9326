import ArgumentParser

struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the models at hand, or look into one.",
    subcommands: [ModelsList.self, ModelsInspect.self])
}
