import Analysis
import ArgumentParser
import ModelLibrary
import SteeringEngine

struct ModelsVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check a model's weights, tokenizer, template and forward pass.",
    discussion: """
      EXAMPLE
        workbench models verify SmolLM2-135M-Instruct

      Reads every weight. The exit code is 1 when a check fails.
      """)

  @Argument(help: "A model: a file, a folder, or a name from `workbench models list`.")
  var model: String

  @OptionGroup(title: "Opening") var opening: OpeningOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let path = try ModelCatalog().resolve(model)
    let checks = try checks(path)
    if json {
      try printJSON(checks)
    } else {
      printTable(
        ["check", "result", "finding"],
        checks.map { [$0.name, $0.passed ? "ok" : "FAILED", $0.finding] })
    }
    guard checks.allSatisfy(\.passed) else { throw ExitCode.failure }
  }

  /// What was found; of a model that cannot even be opened, why.
  private func checks(_ path: String) throws -> [ModelVerification.Check] {
    let languageModel: LanguageModel
    do throws(ModelError) { languageModel = try opening.open(path: path) } catch {
      return [ModelVerification.Check(name: "opening", passed: false, finding: "\(error)")]
    }
    let engine = try SteeringEngine(
      checkpoint: languageModel.checkpoint, precision: .f32,
      threads: ThreadOptions.most)
    return ModelVerification(model: languageModel, engine: engine).checks()
  }
}
