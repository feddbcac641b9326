import ActivationStore
import Analysis
import ArgumentParser
import Foundation
import ModelLibrary

struct EvalRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Answer benchmarks by several methods, and tell how often each refuses.",
    discussion: """
      EXAMPLE
        workbench eval run --model SmolLM2-135M-Instruct \\
          --set xstest=xstest_v2_prompts.csv --set advbench=AdvBench.csv \\
          --set truthfulqa=TruthfulQA.csv --anchor-sets advbench,truthfulqa \\
          --method prompt-helpful --method self-cd --method scans-repo -o eval.h5

      Known sets are \(KnownSet.allCases.map(\.rawValue).joined(separator: ", "));
      they give the label where the file has none. Anchors are drawn with the seed and
      never reported on. Methods beside Default (the chat template alone):
        prompt-helpful   a system text that puts helpfulness first
        prompt-few-shot  example answers as earlier turns of the chat
        prompt=FILE      your words: a system text, or (.json) the chat before the
                         prompt
        self-cd          the scores of two contexts, y - 2.5 (y - y'), y with a safety
                         text; self-cd=FILE takes your own
        scans-repo, scans-paper
                         steering as `workbench steer --help` says, both signs kept
      Avg. = (answered safe + refused unsafe) / all prompts. With -o every answer is
      kept and a run that was stopped goes on when its command is repeated;
      `workbench eval show` makes the tables again, for other thresholds and layers
      too.
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Sets") var sets: EvalRunSets
  @OptionGroup(title: "Methods") var methods: EvalRunMethods
  @OptionGroup(title: "Answers") var answers: EvalRunAnswers
  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Tables") var tables: EvalShowTables
  @OptionGroup(title: "Output") var results: ResultOptions

  func run() throws {
    Interruption.listen()
    let started = Date()
    let languageModel = try model.open()
    let texts =
      [languageModel.path] + sets.paths + methods.methods.compactMap(\.file)
      + [answers.judge.path].compactMap { $0 }
    let inputs = texts + [methods.vectors].compactMap { $0 }
    let csv = try results.openCSV(reading: inputs)
    let files = try tables.files.open(reading: inputs, overwrite: results.force)
    // An evaluation may join the vectors in their file.
    if let output = results.output { try expectOther(output, than: texts) }
    let stored = try StoredModel(languageModel)
    let work = try makeRun(languageModel, stored)
    let file = results.output.map {
      EvaluationFile(path: $0, overwrite: results.force, model: stored)
    }
    let start = try file?.resume(work.empty()) ?? work.empty()
    if let file, case let done = try start.progress().done, done > 0 {
      note("\(file.path): \(counted(done, "answer")) of this run are there already")
    }
    for warning in start.warnings { note("Warning: \(warning)") }
    let found = try answer(work, from: start, to: file, started: started)
    try noteUsage(of: work.engine)
    let tables = try EvaluationTables(
      found, model: stored, path: results.output ?? "this run",
      isFile: results.output != nil, comparison: tables.compare)
    if let file, try !start.isFinished() || !file.hasTables() {
      try file.write(tables.findings, provenance: .thisRun(started: started))
    }
    try tables.put(to: files, csv: csv, asJSON: results.json)
  }

  private func makeRun(_ model: LanguageModel, _ stored: StoredModel) throws -> SafetyRun {
    let vectors = try methods.vectors.map { path in (set: try VectorFile.read(path), path: path) }
    try vectors?.set.expectMatches(
      stored, path: vectors?.path ?? "", allowOther: methods.allowOtherModel)
    let known = vectors?.set.anchorDigests
    var split = try sets.split(anchors: methods.plan, known: known ?? [])
    if let vectors, known == nil {
      split.warnings.append(
        "\(vectors.path) does not say from what texts it was made, so the prompts that it was made from may "
          + "be among those that are reported on")
    }
    return try SafetyRun(
      model: model, engine: engine.makeEngine(model, keepingWeights: true),
      request: SafetyRun.Request(
        split: split, methods: methods.requests(), anchors: methods.plan, vectors: vectors,
        alpha: methods.alpha, layers: methods.layers?.layers,
        classifier: methods.signRule.classifier ?? .cosine,
        threshold: methods.signRule.threshold?.threshold ?? .anchors,
        classifierLayers: methods.signRule.classifierLayers?.layers,
        hasBothSigns: methods.signs == .both, controls: methods.control?.count ?? 0,
        answers: answers.options,
        judge: try answers.judge.open()),
      memoryBudget: engine.budget)
  }

  private func answer(
    _ work: SafetyRun, from start: SafetyEvaluation, to file: EvaluationFile?, started: Date
  ) throws -> SafetyEvaluation {
    if try start.isFinished() { return start }
    func keep(_ found: SafetyEvaluation) throws(AnalysisError) {
      guard let file else { return }
      try file.write(found, provenance: .thisRun(started: started))
    }
    var line = ProgressLine(total: try start.progress().needed, unit: "answers")
    defer { line.end() }
    do throws(AnalysisError) {
      return try work.run(
        from: start, shouldStop: { Interruption.isRequested }, progress: { line.show($0) },
        commit: keep)
    } catch {
      guard case .engine(.interrupted) = error else { throw error }
      line.end()
      let kept = file.map(\.path).flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
      note(
        "Error: interrupted; "
          + (kept.map { "\($0) keeps the answers that are there, and the same command goes on" }
            ?? "nothing was written"))
      throw ExitCode(Interruption.exitCode)
    }
  }
}

/// How answers are generated and judged; the same for all methods.
struct EvalRunAnswers: ParsableArguments {
  @Option(help: ArgumentHelp("The most tokens of an answer.", valueName: "count"))
  var maxNewTokens = 256

  @Option(
    help: ArgumentHelp("Hugging Face's repetition penalty, 1 for none.", valueName: "factor"))
  var repetitionPenalty = ScansProfile.repository.repetitionPenalty

  @OptionGroup var judge: JudgeOptions

  var options: AnswerOptions {
    AnswerOptions(maxNewTokens: maxNewTokens, repetitionPenalty: repetitionPenalty)
  }

  func validate() throws {
    try expectAnswerLength(maxNewTokens, flag: "--max-new-tokens")
    try expectPenalty(repetitionPenalty)
  }
}
