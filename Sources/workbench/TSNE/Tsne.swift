import ActivationStore
import Analysis
import ArgumentParser
import Foundation
import TSNE

struct Tsne: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Place prompts in the plane by their hidden states, layer by layer (t-SNE).",
    discussion: """
      EXAMPLE
        workbench tsne states.h5 -o states.h5
        workbench tsne states.h5 --of last --layers 10-20 --perplexity 15 \\
          --csv map.csv

      The states come from `workbench dump-activations`, for transitions with
      --response Sure --positions query-end,last. A layer begins with its
      neighbour's layout and is turned onto it, from the middle layer outwards.
      Clusters of t-SNE mislead, so each layer has numbers: KL (nats) and
      trustworthiness of the layout; silhouette and 5-nearest-neighbour accuracy of
      the labels in it; and the held-out ROC-AUC of a linear probe on the states
      themselves (ridge, 5 folds). The columns > give what 95% of 100 shuffles of
      the labels stay below: a number that is not above it shows nothing.
      """)

  @Argument(
    help: ArgumentHelp("A file from `workbench dump-activations`.", valueName: "file"))
  var file: String

  @Option(
    help: ArgumentHelp(
      "What is embedded.",
      discussion: "The transition is the state at the query end minus the last one; it needs a "
        + "--response in the dump."))
  var of = MappedStates.transition

  @Option(
    help: ArgumentHelp("Layers counted from 0, e.g. 0-9,20; all when absent.", valueName: "list"))
  var layers: LayerList?

  @Option(help: ArgumentHelp("The number of neighbours that count.", valueName: "number"))
  var perplexity = 30.0

  @Option(help: "How states are compared.")
  var metric = TSNEMetric.euclidean

  @Option(
    help: ArgumentHelp(
      "How forces are added up; automatic takes exact up to 3000 prompts."))
  var gradient = TSNEGradient.automatic

  @Option(
    help: ArgumentHelp(
      "Reduce states to so many principal components first.", valueName: "count"))
  var pca: Int?

  @Option(help: ArgumentHelp("The seed of noise, folds and shuffles.", valueName: "number"))
  var seed: UInt64 = 0

  @OptionGroup var threads: ThreadOptions

  @OptionGroup(title: "Labels") var labels: LabelOptions
  @OptionGroup(title: "Output") var results: ResultOptions

  func validate() throws {
    guard perplexity > 1, perplexity.isFinite else {
      throw ValidationError("--perplexity is \(perplexity); give a number above 1.")
    }
    if let pca, pca < 2 { throw ValidationError("--pca is \(pca); give a count of 2 or more.") }
  }

  func run() throws {
    Interruption.listen()
    let started = Date()
    try results.expectRoom(for: StateMap.groupName)
    let csv = try results.openCSV(reading: [file])
    let mapper = try StateMapper(ActivationReader(path: file), request: request)
    do {
      let map = try mapper.run { Interruption.isRequested }
      if let output = results.output {
        try ResultFile.write(
          [map.group], to: output, provenance: .thisRun(started: started),
          overwrite: results.force)
      }
      let table = TsneTable(map)
      try csv?.write(TsneTable.csvHeader, table.csvRows)
      if results.json { try printJSON(table) } else { table.show() }
    } catch MapError.interrupted {
      note("Error: interrupted; nothing was written")
      throw ExitCode(Interruption.exitCode)
    }
  }

  private var request: StateMapper.Request {
    var options = TSNEOptions(threads: threads.count)
    options.perplexity = perplexity
    options.metric = metric
    options.gradient = gradient
    options.inputComponents = pca
    options.seed = seed
    var request = StateMapper.Request(options: options)
    request.states = of
    request.layers = layers?.layers
    request.safeLabel = labels.safeLabel
    request.unsafeLabel = labels.unsafeLabel
    return request
  }
}

extension MappedStates: ExpressibleByArgument {}
extension TSNEMetric: ExpressibleByArgument {}
extension TSNEGradient: ExpressibleByArgument {}
