import ArgumentParser

/// Where results go.
struct OutputOptions: ParsableArguments {
  @Option(name: [.long, .customShort("o")], help: "The HDF5 file to write.")
  var output: String

  @Flag(help: "Replace the output if it exists.")
  var force = false
}
