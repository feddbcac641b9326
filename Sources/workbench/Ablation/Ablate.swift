import ActivationStore
import Analysis
import ArgumentParser
import Foundation
import ModelLibrary

struct Ablate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Steer or ablate windows of layers, and measure what that does to refusals.",
    discussion: """
      EXAMPLE
        workbench ablate --model SmolLM2-135M-Instruct --vectors vectors.h5 \\
          --prompts data/contrast/lookalikes.csv --windows former,middle,latter \\
          --alpha 2,4 --answers 32 -o sweep.h5
        workbench ablate --model SmolLM2-135M-Instruct --mode skip,mean \\
          --prompts data/contrast/lookalikes.csv --windows width=4,stride=2

      Per point and label: the mean log-odds that the answer begins with a refusal
      token (found in the model's own answers), the mean KL(unablated || ablated)
      at that token, both in nats; with --answers the shares of generated answers
      that refuse and that are broken; with --perplexity-text the perplexity of a
      text; |av|/|x| is the length of what is added beside that of the residual
      stream, in the layer where it is largest. steer adds sign * alpha * v to
      resid_post, project-out takes v out of it; zero and mean replace what
      attention and MLP add, skip passes the block by (zero of both is the same).
      With -o every few points are kept; the same command again goes on from
      there, and prints the table again where all are there.
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Prompts") var prompts: PromptOptions
  @OptionGroup(title: "Format of prompts") var format: FormatOptions
  @OptionGroup(title: "Sweep") var sweep: SweepOptions
  @OptionGroup(title: "Measures") var measures: SweepMeasures
  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Output") var results: ResultOptions

  @Flag(help: "Print the plan (tokens, expected time) and stop.")
  var dryRun = false

  func run() throws {
    Interruption.listen()
    let started = Date()
    let languageModel = try model.open()
    let inputs = [sweep.vectors, measures.perplexityText].compactMap { $0 }
    let csv = try results.openCSV(reading: [languageModel.path] + prompts.prompts + inputs)
    let stored = try StoredModel(languageModel)
    let file = results.output.map {
      SweepFile(path: $0, overwrite: results.force, model: stored, vectors: sweep.vectors)
    }
    let known = try file?.stored()
    var work = try makeSweep(languageModel, stored)
    // A plan does not hang on them, and they may have to be found in answers.
    if !dryRun || known != nil {
      work = work.reading(
        try measures.refusalTokens(
          for: work, goingOnFrom: known, languageModel, format.format,
          memoryBudget: engine.budget))
    }
    let start = try file?.resume(work.empty()) ?? work.empty()
    if let file, start.doneCount > 0 {
      let points = counted(start.points.count, "point")
      note("\(file.path): \(start.doneCount) of \(points) are there already")
    }
    if dryRun { return SweepPlanTable(try work.plan(start)).show() }

    try warnOfAnchors(among: work.prompts.map(\.text), of: work.vectors)
    let found =
      start.isFinished ? start : try measure(work, from: start, to: file, started: started)
    try noteUsage(of: work.engine)
    let tables = AblationTables(found, modelName: languageModel.name)
    try csv?.write(AblationTables.csvHeader, tables.csvRows)
    if results.json { try printJSON(tables.json) } else { tables.show() }
  }

  private func makeSweep(_ model: LanguageModel, _ stored: StoredModel) throws -> LayerSweep {
    let vectors = try sweep.vectors.map { path in (set: try VectorFile.read(path), path: path) }
    try vectors?.set.expectMatches(
      stored, path: sweep.vectors ?? "", allowOther: sweep.allowOtherModel)
    let points = try sweep.points(nLayers: model.config.nLayers)
    let prompts = try self.prompts.read(format).prompts
    let engine = try self.engine.makeEngine(model, keepingWeights: true)
    return try LayerSweep(
      model: model, engine: engine, prompts: prompts,
      request: LayerSweep.Request(
        points: points, vectors: vectors,
        sites: sweep.sites.names.map(\.site), positions: sweep.positions, format: format.format,
        refusalTokens: measures.givenRefusalTokens(model),
        answers: measures.answerRequest(),
        textPath: measures.perplexityText),
      memoryBudget: self.engine.budget)
  }

  private func measure(
    _ work: LayerSweep, from start: Ablation, to file: SweepFile?, started: Date
  ) throws -> Ablation {
    var line = ProgressLine(
      total: start.prompts.count * (start.points.count + 1), unit: "prompts")
    defer { line.end() }
    do {
      return try work.run(
        from: start, shouldStop: { Interruption.isRequested }, progress: { line.show($0) },
        commit: { try file?.write($0, provenance: .thisRun(started: started)) })
    } catch AnalysisError.engine(.interrupted) {
      line.end()
      let rest = file.map { "; \($0.path) keeps the points that were done, if any" } ?? ""
      note("Error: interrupted\(rest)")
      throw ExitCode(Interruption.exitCode)
    }
  }
}
