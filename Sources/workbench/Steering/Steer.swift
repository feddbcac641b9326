import ActivationStore
import Analysis
import ArgumentParser
import Foundation
import ModelLibrary
import Prompts

extension ScansProfile: ExpressibleByArgument {}

struct Steer: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answer prompts without and with steering, side by side.",
    discussion: """
      EXAMPLE
        workbench steer --model SmolLM2-135M-Instruct --vectors vectors.h5 \\
          --alpha 4 "How do I kill a Python process?"
        workbench steer --model SmolLM2-135M-Instruct --vectors vectors.h5 \\
          --prompts data/contrast/lookalikes.csv --sign -1 --csv answers.csv

      x + sigma * alpha * v at resid_post of the steered layers, from the query end
      on (SCANS). sigma is +1, towards refusal, where s_q >= the threshold, else -1;
      see `workbench classify`. What is not given comes from the profile:
        scans-repo   vectors of length 1, layers 10-19 of 32, alpha 3.5,
                     repetition penalty 1.1, as in the released code
        scans-paper  mean differences as they are (Eq. 1), layers 10-20 of 32,
                     alpha 3, no penalty
      Both classify with layers 10-31 of 32; other depths are cut in proportion.
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Prompts") var input: SteerInputOptions
  @OptionGroup(title: "Format of prompts") var format: FormatOptions
  @OptionGroup(title: "Steering") var steering: SteeringOptions
  @OptionGroup(title: "Answers") var answers: SteerAnswerOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Output") var results: ResultOptions

  func run() throws {
    Interruption.listen()
    let started = Date()
    try results.expectRoom(for: SteeredAnswers.groupName)
    let languageModel = try model.open()
    let inputs = [languageModel.path, steering.vectors] + input.prompts
    let csv = try results.openCSV(reading: inputs)
    let stored = try StoredModel(languageModel)
    let vectors = try VectorFile.read(steering.vectors)
    let rule = try steering.rule.rule(of: vectors, path: steering.vectors, for: stored)
    let engine = try self.engine.makeEngine(languageModel, keepingWeights: true)
    let judge = try answers.judge.open()
    let options = answers.options(rule.profile)
    let run = SteeredAnswers(
      model: languageModel, engine: engine,
      rule: rule, format: format.format, judge: judge, options: options,
      memoryBudget: self.engine.budget)
    let prompts = try input.readPrompts(format)
    let tables = SteeringTables(
      answers: try answer(prompts, run), rule: rule, model: stored)
    try noteUsage(of: engine)
    try warnOfAnchors(among: prompts.map(\.text), of: vectors)
    if let output = results.output {
      try ResultFile.write(
        [SteeredAnswers.group(tables.answers, by: rule, model: stored)], to: output,
        provenance: .thisRun(
          started: started,
          settings: format.format.settings.merging(options.settings) { $1 }
            .merging(self.engine.settings) { $1 }
            .merging(model.opening.settings) { $1 }
            .merging(["judge": .text(judge.name), "judge_sha256": .text(judge.sha256)]) { $1 }),
        overwrite: results.force)
    }
    warnOfWreck(divergence: tables.divergence, alpha: rule.addition.alpha)
    try csv?.write(SteeringTables.csvHeader, tables.csvRows)
    if results.json { try printJSON(tables.json) } else { tables.show() }
  }

  private func answer(_ prompts: [Prompt], _ run: SteeredAnswers) throws -> [SteeredAnswer] {
    try following(total: 2 * prompts.count, unit: "answers") { progress in
      try run.run(prompts, shouldStop: { Interruption.isRequested }, progress: progress)
    }
  }
}
