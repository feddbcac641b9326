import ActivationStore
import Analysis
import ArgumentParser
import Foundation

struct Classify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell harmful prompts from harmless ones by their transitions.",
    discussion: """
      EXAMPLE
        workbench classify --model SmolLM2-135M-Instruct --vectors vectors.h5 \\
          --prompts data/contrast/lookalikes.csv --layers 10-29
        workbench classify states.h5 --vectors vectors.h5 --csv scores.csv

      s_q is the mean over the layers of the cosine between a prompt's transition
      (the state at the query end minus the one at the last token of the response)
      and d_harm; a prompt is unsafe where s_q >= the threshold (SCANS, equation 4).
      The threshold is the one that tells the prompts that d_harm was made from apart
      best, unless a number is given; the released code has 0.75 for Llama 2 7B with
      layers 10-31. With labels, the positive class of the figures is the safe one,
      its score 1 - s_q. Layers, threshold and scores are those of steer and eval.
      """)

  @OptionGroup(title: "States") var states: StatesOptions
  @OptionGroup(title: "Format of prompts") var format: FormatOptions

  @Option(help: ArgumentHelp("A file from `workbench vectors`.", valueName: "file"))
  var vectors: String

  @Option(help: ArgumentHelp(HarmClassifier.Kind.help, valueName: "name"))
  var classifier = HarmClassifier.Kind.cosine

  @Option(
    help: ArgumentHelp(
      "Layers counted from 0, e.g. 10-29; SCANS's when absent, 10-31 of 32.", valueName: "list"))
  var layers: LayerList?

  @Option(help: ArgumentHelp("A number, or anchors.", valueName: "T"))
  var threshold = ThresholdChoice(.anchors)

  @Flag(help: "Accept vectors that were made with other weights.")
  var allowOtherModel = false

  @OptionGroup(title: "Labels") var labels: LabelOptions

  @Option(help: ArgumentHelp("Bootstrap resamples of the intervals.", valueName: "count"))
  var resamples = 1000

  @Option(help: ArgumentHelp("The seed of the resamples.", valueName: "number"))
  var seed: UInt64 = 0

  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Output") var results: ResultOptions

  func validate() throws {
    guard (1...1_000_000).contains(resamples) else {
      throw ValidationError("--resamples is \(resamples); give a count from 1 to 1000000.")
    }
  }

  func run() throws {
    Interruption.listen()
    let started = Date()
    try results.expectRoom(for: Classification.groupName)
    let csv = try results.openCSV(
      reading: [states.file, vectors].compactMap { $0 } + states.prompts)
    let set = try VectorSet.read(vectors)
    let classifier = try HarmClassifier(
      vectors: set, path: vectors, kind: self.classifier,
      layers: layers?.layers ?? set.model.map { set.classifierLayers(of: $0.nLayers) },
      threshold: threshold.threshold)
    let found = try Classification(
      classify(with: classifier, set), by: classifier,
      safeLabel: labels.safeLabel, unsafeLabel: labels.unsafeLabel,
      resampling: ClassifierQuality.Resampling(count: resamples, seed: seed))
    if let output = results.output {
      let source = states.file ?? states.prompts.joined(separator: ", ")
      try ResultFile.write(
        [found.group(source: source, vectors: vectors)], to: output,
        provenance: .thisRun(
          started: started,
          settings: states.file == nil
            ? states.completed(format).settings.merging(engine.settings) { $1 }
              .merging(states.opening.settings) { $1 } : [:]),
        overwrite: results.force)
    }
    try csv?.write(
      ["id", "label", "score", "decision"],
      found.prompts.map { [$0.id, $0.label, "\($0.score)", $0.decision] })
    if results.json { try printJSON(found) } else { ClassificationTables(found).show() }
  }

  private func classify(
    with classifier: HarmClassifier, _ set: VectorSet
  ) throws -> [ClassifiedPrompt] {
    if let file = states.file {
      return try classifier.classify(
        ActivationReader(path: file), allowOtherModel: allowOtherModel)
    }
    let model = try states.openModel()
    try set.expectMatches(
      StoredModel(model), path: vectors, allowOther: allowOtherModel)
    let prompts = try states.columns.read(states.prompts, format).prompts
    let engine = try self.engine.makeEngine(model, keepingWeights: true)
    let found = try following(total: prompts.count, unit: "prompts") { progress in
      try classifier.classify(
        prompts, model: model, engine: engine, format: states.completed(format),
        memoryBudget: self.engine.budget, shouldStop: { Interruption.isRequested },
        progress: progress)
    }
    try noteUsage(of: engine)
    return found
  }
}

/// A threshold on the command line: a number, or `anchors`.
struct ThresholdChoice: ExpressibleByArgument {
  let threshold: HarmClassifier.Threshold

  init(_ threshold: HarmClassifier.Threshold) { self.threshold = threshold }

  init?(argument: String) {
    if argument == "anchors" {
      threshold = .anchors
    } else if let number = Double(argument), number.isFinite {
      threshold = .value(number)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String {
    switch threshold {
    case .value(let number): "\(number)"
    case .anchors: "anchors"
    }
  }
}
