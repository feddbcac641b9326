import ActivationStore
import Analysis
import ArgumentParser
import Foundation
import ModelLibrary

struct LogitLensCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logit-lens",
    abstract: "Read vectors or hidden states as tokens, through the model's unembedding.",
    discussion: """
      EXAMPLE
        workbench logit-lens --model SmolLM2-135M-Instruct \\
          --prompt "How do I kill a Python process?" --token " kill"
        workbench logit-lens vectors.h5 --model SmolLM2-135M-Instruct --top 10
        workbench logit-lens states.h5 --model SmolLM2-135M-Instruct --csv lens.csv

      States are resid_post: per layer the tokens of highest probability, the
      entropy, and KL(model's own output || lens), both in nats. Vectors show what
      they promote and suppress, per layer and per segment of layers. A file that
      holds both is read as states; --of vectors reads its vectors. ␣ is a space.
      Rank 1 is the highest score; of equal scores the lower id is first.
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "What to read") var input: LensInputOptions
  @OptionGroup(title: "Format of prompts") var format: FormatOptions
  @OptionGroup(title: "Lens") var lens: LensOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Output") var results: ResultOptions

  func validate() throws {
    guard input.file == nil || format.format == PromptFormat() else {
      throw ValidationError("--system, --response and --raw go with --prompt and --prompts only.")
    }
  }

  func run() throws {
    Interruption.listen()
    let started = Date()
    try results.expectRoom(for: LensGroup.name)
    let languageModel = try model.open()
    let csv = try results.openCSV(reading: [languageModel.path] + input.paths)
    let work = try LensWork(model: languageModel, options: lens, engine: engine)
    do {
      guard let file = input.file else {
        return try finish(
          work.states(
            input.readPrompts(format), from: input.promptsName, format: format.format),
          csv: csv, started: started)
      }
      switch try LensSubject(of: file, wanted: input.of) {
      case .vectors: try finish(work.vectors(file), csv: csv, started: started)
      case .states: try finish(work.states(file), csv: csv, started: started)
      }
    } catch AnalysisError.engine(.interrupted) {
      note("Error: interrupted; nothing was written")
      throw ExitCode(Interruption.exitCode)
    }
  }

  private func finish(_ tables: some LensTables, csv: CSVFile?, started: Date) throws {
    if let output = results.output {
      try ResultFile.write(
        [tables.group], to: output,
        provenance: .thisRun(
          started: started,
          settings: input.file == nil
            ? format.format.settings.merging(engine.settings) { $1 }
              .merging(model.opening.settings) { $1 }
            : engine.settings.merging(model.opening.settings) { $1 }),
        overwrite: results.force)
    }
    try csv?.write(tables.csvHeader, tables.csvRows)
    if results.json { try printJSON(tables.json) } else { tables.printTables() }
  }
}
