import ActivationStore
import Analysis
import ArgumentParser
import Foundation

struct Vectors: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make refusal directions from hidden states, or convert files of them.",
    discussion: """
      EXAMPLE
        workbench vectors states.h5 -o vectors.h5
        workbench vectors convert vectors.h5 -o refusal.gguf

      `workbench vectors make --help` has the options of the first, where make may
      be left out, and `workbench vectors convert --help` those of the second.
      """,
    subcommands: [VectorsMake.self, VectorsConvert.self], defaultSubcommand: VectorsMake.self)
}

struct VectorsMake: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make",
    abstract: "Make the refusal direction of every layer from hidden states with labels.",
    discussion: """
      EXAMPLE
        workbench vectors --model SmolLM2-135M-Instruct \\
          --prompts data/contrast/requests.csv -o vectors.h5
        workbench vectors states.h5 --anchors 64 --seed 0 -o vectors.h5

      A vector is the mean state of unsafe prompts minus that of safe prompts, at
      the query end (SCANS, equation 1), divided by its norm as the released code
      does. With a response after the prompt (Sure, where the model runs here), the
      file also gets d_harm, the unsafe prompts' mean transition, for `workbench
      classify`, and the table says how it tells the anchors apart: mean cosines,
      and the chance that an unsafe anchor's is the higher one (ROC-AUC), unsafe
      ones left out of their own mean.
      """)

  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case meanDifference = "mean-difference"
    case principalComponent = "principal-component"

    var kind: VectorSet.Kind {
      self == .meanDifference ? .meanDifference : .principalComponent
    }
  }

  enum Norm: String, CaseIterable, ExpressibleByArgument {
    case unit, raw
  }

  @OptionGroup(title: "States") var states: StatesOptions
  @OptionGroup(title: "Format of prompts") var format: FormatOptions
  @OptionGroup(title: "Labels") var labels: LabelOptions

  @Option(
    help: ArgumentHelp(
      "Prompts to draw of each label; all when absent.", valueName: "count"))
  var anchors: Int?

  @Option(help: ArgumentHelp("The seed that anchors are drawn with.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "How vectors are made.",
      discussion: "The principal component is of paired differences, unsafe minus safe."))
  var kind = Kind.meanDifference

  @Option(help: "Whether vectors have length 1 or the length that they come with.")
  var norm = Norm.unit

  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let anchors, anchors < 1 {
      throw ValidationError("--anchors is \(anchors); give a count of 1 or more.")
    }
  }

  func run() throws {
    Interruption.listen()
    let started = Date()
    let set =
      if let file = states.file {
        try make(from: file, anchors: request)
      } else {
        try makeFromPrompts(started: started)
      }
    try ResultFile.write(
      [set.group], to: output.output, provenance: .thisRun(started: started, settings: settings),
      overwrite: output.force || states.file == nil)
    try VectorTable(set).show(json: json)
    note(
      "\(output.output): \(counted(set.layers.count, "vector")) of \(set.dModel) numbers, "
        + "from \(set.unsafeCount) unsafe and \(set.safeCount) safe prompts")
  }

  private var settings: [String: ResultValue] {
    let labels: [String: ResultValue] = [
      "unsafe_label": .text(labels.unsafeLabel), "safe_label": .text(labels.safeLabel),
    ]
    // States that are read from a file were made with the options that it says itself.
    guard states.file == nil else { return labels }
    return labels.merging(states.completed(format).settings) { $1 }
      .merging(engine.settings) { $1 }.merging(states.opening.settings) { $1 }
  }

  private var request: AnchorDraw.Request {
    AnchorDraw.Request(
      unsafeLabel: labels.unsafeLabel, safeLabel: labels.safeLabel, count: anchors, seed: seed)
  }

  private func make(from path: String, anchors: AnchorDraw.Request) throws -> VectorSet {
    try RefusalVectors(
      ActivationReader(path: path), kind: kind.kind, isUnit: norm == .unit, anchors: anchors
    ).compute()
  }

  /// Draws the anchors, runs the model over them alone into the output, and reads that.
  private func makeFromPrompts(started: Date) throws -> VectorSet {
    let model = try states.openModel()
    try output.expectOther(than: [model.path] + states.prompts)
    let prompts = try states.columns.read(states.prompts, format).prompts
    let source = states.prompts.joined(separator: ", ")
    let draw = try AnchorDraw(
      labels: prompts.map { $0.label ?? "" }, request: request, source: source)
    try RefusalVectors.expectPairs(draw, kind: kind.kind, source: source)
    let drawn = (draw.unsafe + draw.safe).sorted().map { prompts[$0] }
    let dump = try states.dump(drawn, of: model, format: format, engine: engine)
    try dump.runShowingProgress(
      to: output.output, overwrite: output.force, started: started,
      settings: states.completed(format).settings.merging(states.opening.settings) { $1 })
    var all = request
    all.count = nil
    var set = try make(from: output.output, anchors: all)
    set.seed = draw.seed
    return set
  }
}
