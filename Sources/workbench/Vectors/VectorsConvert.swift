import ActivationStore
import Analysis
import ArgumentParser
import Foundation

extension GGUFIndex: ExpressibleByArgument {}

struct VectorsConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Turn a file of vectors into HDF5, safetensors or a GGUF control vector.",
    discussion: """
      EXAMPLE
        workbench vectors convert vectors.h5 -o refusal.gguf --layers 8-20
        llama-cli -m model.gguf --control-vector-scaled refusal.gguf:-1 \\
          --control-vector-layer-range 8 20

      The names' extensions tell the formats: .h5, .safetensors, .gguf. Only HDF5
      holds anchors and d_harm. In a GGUF file of index block, direction.N is added
      to the output of block N, counted from 0, as llama.cpp does it; layer 0 cannot
      be said so. In one of index block-plus-one, direction.N comes from block N -
      1.
      """)

  @Argument(help: "The file of vectors.")
  var vectors: String

  @Option(
    name: [.long, .customShort("o")], help: "The file to write: .h5, .safetensors or .gguf.")
  var output: String

  @Flag(help: "Replace the output, or the vectors in an HDF5 file, if they exist.")
  var force = false

  @Option(
    help: ArgumentHelp(
      "Layers counted from 0, e.g. 0-9,20; all when absent.", valueName: "list"))
  var layers: LayerList?

  @Option(
    help: ArgumentHelp(
      "What direction.N means in a GGUF output, else in a GGUF input (default for an output: block).",
      valueName: "convention"))
  var ggufIndex: GGUFIndex?

  func run() throws {
    let started = Date()
    let isForOutput = VectorFile.isGGUF(output)
    var set = try VectorFile.read(vectors, ggufIndex: isForOutput ? nil : ggufIndex)
    if let layers { set = try set.selecting(layers: layers.layers) }
    try VectorFile.write(
      set, to: output, ggufIndex: ggufIndex ?? .block,
      provenance: .thisRun(started: started),
      overwrite: force)
    note("wrote \(counted(set.layers.count, "vector")) to \(output)")
  }
}
