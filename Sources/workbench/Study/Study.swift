import ActivationStore
import Analysis
import ArgumentParser
import Checkpoints
import Figures
import Foundation
import ModelLibrary
import SteeringEngine

struct Study: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The whole SCANS paper on a model: every step, a report, tables.",
    discussion: """
      EXAMPLE
        workbench study Qwen2.5-Coder-1.5B-Instruct -o study --data benchmarks
        workbench study SmolLM2-135M-Instruct -o study --dry-run

      Refusal directions and probes are made of the contrast sets; strength and
      classifier are chosen on look-alikes that are neither in these nor reported on;
      then come layer windows, all methods on all sets, perplexity, MMLU, summaries,
      and the report. Published sets are found in --data by their authors' file names
      (xstest_v2_prompts.csv, AdvBench.csv, TruthfulQA.csv, OKTest.csv,
      MaliciousInstruct.txt, or-bench-hard-1k.csv, or-bench-toxic.csv,
      harmful-behaviors.csv, benign-behaviors.csv,
      harmbench_behaviors_text_all.csv, strongreject_dataset.csv,
      wikitext2_test.txt, mmlu/, Xsum/dev.csv); without it the project's own
      look-alikes are reported on. Each step is one command, named in the plan,
      whose tables lie in FOLDER/STEP.txt. A study that was stopped goes on when its
      command is repeated, sweep and evaluation within their steps.
      """)

  @Argument(help: ArgumentHelp("The model, as --model of other commands.", valueName: "model"))
  var model: String

  @OptionGroup(title: "Model") var adapters: AdapterOptions

  @Option(
    name: [.long, .customShort("o")],
    help: ArgumentHelp("The folder that everything goes to.", valueName: "folder"))
  var output: String

  @Option(help: ArgumentHelp("A folder with published sets.", valueName: "folder"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "The folder with requests.csv and lookalikes.csv.", valueName: "folder"))
  var contrast = "data/contrast"

  @Option(
    name: .customLong("prompts"),
    help: ArgumentHelp("Prompts of each set that are reported on at most.", valueName: "count"))
  var promptCount = 100

  @Option(
    help: ArgumentHelp("The most tokens of an answer that is reported on.", valueName: "count"))
  var maxNewTokens = 32

  @OptionGroup(title: "Engine") var engine: StudyEngineOptions

  @Flag(help: "Print the plan (steps, commands, tokens, time) and stop.")
  var dryRun = false

  @Flag(help: "Begin anew in a folder that exists.")
  var force = false

  func validate() throws {
    guard promptCount >= 10 else {
      throw ValidationError("--prompts is \(promptCount); give 10 or more.")
    }
    try expectAnswerLength(maxNewTokens, flag: "--max-new-tokens")
  }

  func run() throws {
    Interruption.listen()
    let opened = try OpeningOptions.parse(adapters.arguments).open(model)
    // The last step needs it; better said now.
    let plotly = CacheFolder().path(of: "plotly.min.js")
    guard FileManager.default.fileExists(atPath: plotly) else {
      throw FigureError.plotlyMissing(path: plotly)
    }
    let digest = try StoredModel(opened).sha256
    let sets = try StudyData(
      folder: data, contrast: contrast, promptCount: promptCount, seed: 0)
    let plan = StudyPlan(
      model: ["--model", model] + adapters.arguments + engine.arguments, data: sets,
      folder: output, promptCount: promptCount, answerTokens: maxNewTokens)
    var folder = try StudyFolder(
      path: output, modelSHA256: digest, dataSHA256: sets.digest(), overwrite: force)
    let timing = try StudyTiming(opened.config, engine)
    let told = folder.choice ?? StudyChoice(alpha: "CHOSEN", classifier: "CHOSEN")
    show(plan.firstSteps + plan.lastSteps(told), folder, timing, sets)
    if dryRun { return }
    try folder.begin(sets, evaluations: StudyPlan.alphas.map(plan.evaluation))
    do {
      try run(plan.firstSteps, in: &folder)
      let choice = try choose(plan, in: &folder)
      try run(plan.lastSteps(choice), in: &folder)
    } catch is StudyFolder.Interrupted {
      note("Error: interrupted; \(output) keeps what was done, and the same command goes on")
      throw ExitCode(Interruption.exitCode)
    }
    try tellClassifiers(plan)
    printLine("\nreport  \(output)/report.html")
    printLine("tables  \(output)/tables.md, \(output)/tables.tex")
  }

  private func run(_ steps: [StudyStep], in folder: inout StudyFolder) throws {
    for step in steps where try !folder.isDone(step) {
      note("\(step.name): \(step.purpose)")
      let started = Date()
      try folder.run(step)
      note("\(step.name): done in \(duration(Date().timeIntervalSince(started)))")
    }
  }

  /// The strength and the classifier that treat most prompts right on those that are not reported on.
  private func choose(_ plan: StudyPlan, in folder: inout StudyFolder) throws -> StudyChoice {
    let evaluations = try StudyPlan.alphas.map { alpha in
      (alpha, try SafetyEvaluation.read(plan.evaluation(of: alpha)).evaluation)
    }
    let choice = try ScansChoice(evaluations)
    let chosen = StudyChoice(alpha: choice.alpha, classifier: choice.classifier.rawValue)
    try folder.note(chosen)
    note(
      "chosen: alpha \(choice.alpha), \(choice.classifier.rawValue), right on \(choice.right) of "
        + "\(counted(choice.count, "prompt")) that are not reported on (Default: "
        + "\(choice.defaultRight))")
    if choice.right <= choice.defaultRight {
      note("Warning: no strength and classifier treats more of them right than Default does")
    }
    return chosen
  }

  /// What each classifier makes of the same answers: the chosen one beside the best in hindsight.
  private func tellClassifiers(_ plan: StudyPlan) throws {
    let evaluation = try SafetyEvaluation.read(plan.results).evaluation
    let chosen = evaluation.signRule.classifier
    let found = try evaluation.classifiers.map { kind in
      var rule = evaluation.signRule
      rule.classifier = kind
      return (kind, try SafetyFindings(evaluation, signRule: rule, path: plan.results))
    }
    func share(_ counts: SafetyFindings.Counts) -> [String] {
      guard let share = counts.shares.first ?? nil else { return ["-", ""] }
      let (low, high) = (100 * share.interval.low, 100 * share.interval.high)
      return [percent(share.value), "[\(decimals(low, 1)), \(decimals(high, 1))]"]
    }
    func row(_ name: String, _ row: SafetyFindings.Row?, auc: Double?) -> [String] {
      [name] + (row.map { share($0.right) } ?? ["-", ""]) + [auc.map { decimals($0, 3) } ?? ""]
    }
    printLine("\ntreated right, of all prompts that are reported on, with 95% intervals (Wilson)")
    printTable(
      ["method", "Avg.", "", "ROC-AUC of s_q"],
      [row("Default", found.first?.1.rows.first, auc: nil)]
        + found.map { kind, findings in
          row(
            "SCANS, \(kind.rawValue)" + (kind == chosen ? ", chosen before" : ""),
            findings.rows.first { $0.effect != nil },
            auc: findings.classifier.first?.rocAUC)
        }, rightAligned: [1, 2, 3])
  }

  private func show(
    _ steps: [StudyStep], _ folder: StudyFolder, _ timing: StudyTiming, _ sets: StudyData
  ) {
    let names = sets.reported.map { "\($0.name) (\(min($0.count, promptCount)))" }
    note(
      "reported on: \(names.joined(separator: ", "))"
        + (sets.isOwn ? ", the project's own prompts, since --data names no published sets" : ""))
    for step in steps {
      note("  \(step.name.padding(to: 12))\(timing.told(step.tokens))  \(step.purpose)")
      if dryRun {
        note("    workbench " + step.arguments.map(CommandText.quoted).joined(separator: " "))
      }
    }
    let all = steps.reduce(0) { $0 + $1.tokens }
    note("  \("together".padding(to: 12))\(timing.told(all)), about")
  }
}

/// How the forward pass runs, in every step.
struct StudyEngineOptions: ParsableArguments {
  @Option(help: "Matrix products in f32 (the reference) or bf16.")
  var precision = Precision.f32

  @OptionGroup var threads: ThreadOptions

  var arguments: [String] {
    ["--precision", precision.rawValue]
      + (threads.threads.map { ["--threads", "\($0)"] } ?? [])
  }
}

/// How long tokens take on this machine, about.
struct StudyTiming {
  /// Of the measured rate of products, what whole runs reach.
  private static let share = 0.6

  private let secondsPerToken: Double

  init(_ config: ModelConfig, _ engine: StudyEngineOptions) throws {
    let rates = try MachineRates.measure(threads: engine.threads.count)
    let attention = config.dModel * config.dHead * (2 * config.nHeads + 2 * config.nKVHeads)
    let mlp = config.dModel * config.dMLP * 3
    let weights = config.nLayers * (attention + mlp) + config.dVocab * config.dModel
    secondsPerToken =
      2 * Double(weights) / (Self.share * (rates.products[engine.precision] ?? rates.peak))
  }

  func told(_ tokens: Int) -> String {
    let text = tokens == 0 ? "" : duration(Double(tokens) * secondsPerToken)
    return String(repeating: " ", count: max(12 - text.count, 0)) + text
  }
}
