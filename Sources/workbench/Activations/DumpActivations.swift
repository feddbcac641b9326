import ActivationStore
import Analysis
import ArgumentParser
import Foundation
import SteeringEngine

extension StoredType: ExpressibleByArgument {}

struct DumpActivations: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write hidden states of a model, per prompt, layer and position, to HDF5.",
    discussion: """
      EXAMPLE
        workbench dump-activations --model SmolLM2-135M-Instruct \\
          --prompts data/contrast/requests.csv --layers 0-29 -o states.h5
        python3
        >>> import h5py
        >>> h5py.File("states.h5")["activations/resid_post"]

      The file holds /activations/<hook> as [prompt, layer, position, d_model], or
      with --positions all as [token, layer, d_model], where /tokens/offset tells
      prompts apart. Prompts, labels, tokens and how it was made are in it too.
      resid_post of the last layer is before the final norm; ln_final is after it.
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Prompts") var prompts: PromptOptions
  @OptionGroup(title: "Format") var format: FormatOptions
  @OptionGroup(title: "What to read") var hooks: HookOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  @Option(help: "The number format of the stored activations: f32 or f16.")
  var dtype = StoredType.f32

  @Flag(help: "Print the plan (tokens, memory, disk, expected time) and stop.")
  var dryRun = false

  func run() throws {
    Interruption.listen()
    let started = Date()
    let languageModel = try model.open()
    try output.expectOther(than: [languageModel.path] + prompts.prompts)
    let set = try prompts.read(format)
    let engine = try self.engine.makeEngine(languageModel)
    let dump = try following(total: set.prompts.count, unit: "prompts") { progress in
      try ActivationDump(
        model: languageModel, engine: engine, prompts: set.prompts,
        request: ActivationDump.Request(
          sites: hooks.hooks.names, layers: hooks.layers?.layers,
          positions: hooks.positions.positions, format: format.format, dtype: dtype),
        memoryBudget: self.engine.budget, shouldStop: { Interruption.isRequested },
        progress: progress)
    }
    if dryRun { return try printPlan(dump) }

    try dump.runShowingProgress(
      to: output.output, overwrite: output.force, started: started,
      settings: format.format.settings.merging(model.opening.settings) { $1 })
    try report(dump, engine: engine, promptCount: set.prompts.count, started: started)
  }

  private func printPlan(_ dump: ActivationDump) throws {
    let plan = dump.plan
    let chunks = plan.passes.joined().count
    printLine(
      """
      tokens     \(plan.tokenCount), of which \(plan.rowCount) are computed after sharing prefixes
      blocks     \(plan.blockCount)
      passes     \(plan.passes.count), in \(counted(chunks, "chunk"))
      memory     about \(size(plan.memoryBytes)) for weights in use and rows
      disk       \(size(dump.storedBytes)) of activations
      time       about \(duration(try dump.estimatedSeconds()))
      """)
  }

  private func report(
    _ dump: ActivationDump, engine: SteeringEngine, promptCount: Int, started: Date
  ) throws {
    let seconds = Date().timeIntervalSince(started)
    let plan = dump.plan
    let layers = dump.layers.isEmpty ? "" : ", \(counted(dump.layers.count, "layer"))"
    printLine(
      "\(output.output): \(counted(promptCount, "prompt"))\(layers), "
        + "\(hooks.hooks.defaultValueDescription), \(size(dump.storedBytes))")
    note(
      "\(plan.tokenCount) tokens (\(plan.rowCount) after sharing) in \(duration(seconds)), "
        + "\(Int(Double(plan.tokenCount) / seconds)) tokens/s")
    try noteUsage(of: engine)
  }
}
