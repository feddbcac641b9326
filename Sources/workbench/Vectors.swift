import ArgumentParser

struct Vectors: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make refusal directions from hidden states, or convert files of them.",
    discussion: """
      EXAMPLE
        workbench vectors states.h5 -o vectors.h5
        workbench vectors convert vectors.h5 -o refusal.gguf

      `workbench vectors make --help` has the options of the first, where make may be
      left out, and `workbench vectors convert --help` those of the second.
      """,
    subcommands: [VectorsMake.self, VectorsConvert.self], defaultSubcommand: VectorsMake.self)
}
