import ArgumentParser
import Figures

extension FigureKind: ExpressibleByArgument {}
extension SweepMetric: ExpressibleByArgument {}

struct FigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figure",
    abstract: "Draw a file of results as SVG, PDF or PNG.",
    discussion: """
      EXAMPLE
        workbench figure run.h5 tsne -o tsne.svg
        workbench figure run.h5 tsne --layers 9,20,29 -o paper.pdf
        workbench figure run.h5 ablation-heatmap --metric log-odds -o heatmap.png

      tsne              every layer small (/tsne)
      tsne-layer        one layer large (/tsne)
      cosines           mean cosine with d_harm per layer (/classifier)
      ablation          a metric over windows of layers (/ablation)
      ablation-heatmap  windows by strengths (/ablation)
      lens              tokens per layer and position, or per vector (/lens)
      refusals          refusal rates with 95% intervals (/steering, else /ablation)

      The same results give the same bytes.
      """)

  @Argument(help: ArgumentHelp("A file with results of an analysis.", valueName: "run.h5"))
  var file: String

  @Argument(help: ArgumentHelp("What to draw.", valueName: "kind"))
  var kind: FigureKind

  @Option(
    name: [.long, .customShort("o")],
    help: ArgumentHelp(
      "The picture to write; its extension (.svg, .pdf, .png) names the format.",
      valueName: "file"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Layers of tsne; for tsne-layer one, the one with the highest silhouette when absent.",
      valueName: "list"))
  var layers: LayerList?

  @Option(
    help: ArgumentHelp(
      "What ablation and ablation-heatmap show; the first that the file has when absent."))
  var metric: SweepMetric?

  @Option(
    help: ArgumentHelp(
      "The prompt that lens shows, by its id; the file's first when absent.", valueName: "id"))
  var prompt: String?

  @Flag(help: "Replace the picture if it exists.")
  var force = false

  func validate() throws {
    if layers != nil, ![.tsne, .tsneLayer].contains(kind) {
      throw ValidationError("--layers goes with tsne and tsne-layer only.")
    }
    if kind == .tsneLayer, let layers, layers.layers.count != 1 {
      throw ValidationError("tsne-layer shows one layer; give --layers one, or draw tsne.")
    }
    if metric != nil, ![.ablation, .ablationHeatmap].contains(kind) {
      throw ValidationError("--metric goes with ablation and ablation-heatmap only.")
    }
    if prompt != nil, kind != .lens {
      throw ValidationError("--prompt goes with lens only.")
    }
  }

  func run() throws {
    try Figure.expectFormat(of: output)
    try expectOther(output, than: [file])
    let choice = Figure.Choice(layers: layers?.layers, metric: metric, prompt: prompt)
    try Figure(kind, of: file, choice: choice).write(to: output, overwrite: force)
  }
}
