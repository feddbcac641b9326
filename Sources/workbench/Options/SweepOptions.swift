import Analysis
import ArgumentParser
import ModelLibrary
import SteeringEngine

/// The points of a sweep over layers.
struct SweepOptions: ParsableArguments {
  @Option(
    name: .customLong("mode"),
    help: ArgumentHelp(
      "What is done to the layers: steer, zero, mean, skip, project-out; several with commas.",
      valueName: "modes"))
  var modes = CommaList<AblationPoint.Mode>([.steer])

  @Option(
    help: ArgumentHelp(
      "Windows of layers: \(LayerWindow.grammar); several with commas.", valueName: "windows"))
  var windows = "single"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Strengths of steering, separated by commas; 0.1n is a tenth of the residual stream's length.",
      valueName: "numbers"))
  var alpha = StrengthList([3.5])

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Signs of steering: +1 (towards refusal), -1 (away from it), or both with a comma.",
      valueName: "signs"))
  var sign = SignList([1, -1])

  @Option(
    help: ArgumentHelp(
      "A file from `workbench vectors`, for steer and project-out.", valueName: "file"))
  var vectors: String?

  @Option(
    help: ArgumentHelp(
      "Do the same with so many sets of random directions as long as the vectors.",
      discussion: "Marked with ~ is what these do too.", valueName: "random=COUNT"))
  var control: ControlArgument?

  @Option(
    help: ArgumentHelp(
      "What zero and mean change: attn_out, mlp_out or both.", valueName: "names"))
  var sites = CommaList<AblatedSite>([.attnOut, .mlpOut])

  @Option(
    help: ArgumentHelp(
      "Which tokens of a prompt are changed: from the query end on, or all.",
      valueName: "positions"))
  var positions = LayerSweep.ChangedTokens.queryEnd

  @Flag(help: "Accept vectors that were made with other weights.")
  var allowOtherModel = false

  func points(nLayers: Int) throws -> [AblationPoint] {
    AblationPoint.grid(
      modes: modes.names, windows: try LayerWindow.parse(windows, nLayers: nLayers),
      alphas: alpha.strengths, signs: sign.signs, controls: control?.count ?? 0)
  }

  func validate() throws {
    guard Set(sites.names).count == sites.names.count else {
      throw ValidationError("--sites names a site twice; name it once.")
    }
    guard Set(modes.names).count == modes.names.count else {
      throw ValidationError("--mode names a mode twice; name it once.")
    }
    guard control == nil || modes.names.contains(where: \.needsVectors) else {
      throw ValidationError(
        "--control stands for refusal vectors; give --mode steer or project-out.")
    }
    if vectors == nil, let mode = modes.names.first(where: \.needsVectors) {
      throw ValidationError("\(AblationError.noVectors(mode)).")
    }
  }
}

/// What a block adds to the residual stream.
enum AblatedSite: String, CaseIterable, Sendable {
  case attnOut = "attn_out"
  case mlpOut = "mlp_out"

  var site: HookSite { self == .attnOut ? .attnOut : .mlpOut }
}

extension LayerSweep.ChangedTokens: ExpressibleByArgument {}

/// What a sweep measures besides the first answer token.
struct SweepMeasures: ParsableArguments {
  @Option(
    name: .customLong("refusal-opening"),
    help: ArgumentHelp(
      "How refusals begin; its first token counts. May be given several times.",
      discussion:
        "When absent, tokens that the model's own refusals begin with, and its other answers "
        + "do not; where the prompts' answers do not tell: "
        + "\(RefusalTokens.openings.joined(separator: ", ")).",
      valueName: "text"))
  var openings: [String] = []

  @Option(
    help: ArgumentHelp(
      "Generate answers of at most this many tokens, for refusal rates.", valueName: "tokens"))
  var answers: Int?

  @Option(
    help: ArgumentHelp(
      "Hugging Face's repetition penalty of answers, 1 for none.", valueName: "factor"))
  var repetitionPenalty: Float = 1

  @OptionGroup var judge: JudgeOptions

  @Option(
    help: ArgumentHelp(
      "A text whose perplexity is measured, all its tokens changed.", valueName: "file"))
  var perplexityText: String?

  func givenRefusalTokens(_ model: LanguageModel) throws -> RefusalTokens {
    try RefusalTokens(
      openings: openings.isEmpty ? RefusalTokens.openings : openings, model: model)
  }

  /// Those of a sweep that goes on, or what answers to its prompts tell, unless some are given.
  ///
  /// Says on stderr where they come from.
  func refusalTokens(
    for sweep: LayerSweep, goingOnFrom known: Ablation?, _ model: LanguageModel,
    _ format: PromptFormat, memoryBudget: Int
  ) throws -> RefusalTokens {
    guard openings.isEmpty else { return try givenRefusalTokens(model) }
    if let known { return RefusalTokens(of: known, model: model) }
    let found = try RefusalTokens(
      foundIn: sweep.prompts, model: model, engine: sweep.engine, format: format,
      judge: judge.open(), memoryBudget: memoryBudget,
      shouldStop: { Interruption.isRequested })
    if let found, case .answers(let refusals, let others, let rocAUC) = found.origin {
      note(
        "refusals begin with \(found.texts.map(visible).joined(separator: " ")): their probability "
          + "tells \(counted(refusals, "refusal")) of the model from \(counted(others, "other answer"))"
          + " with ROC-AUC \(decimals(rocAUC, 2)); --refusal-opening says otherwise")
      return found
    }
    note(
      "the model's answers to these prompts do not tell how its refusals begin, so the usual openings "
        + "are read: \(RefusalTokens.openings.joined(separator: ", ")); --refusal-opening says "
        + "otherwise")
    return try givenRefusalTokens(model)
  }

  func answerRequest() throws -> (options: AnswerOptions, judge: RefusalJudge)? {
    try answers.map { count in
      (
        AnswerOptions(maxNewTokens: count, repetitionPenalty: repetitionPenalty),
        try judge.open()
      )
    }
  }

  func validate() throws {
    try expectAnswerLength(answers, flag: "--answers")
    try expectPenalty(repetitionPenalty)
    guard answers != nil || judge.path == nil else {
      throw ValidationError("--judge judges answers; give --answers a length too.")
    }
  }
}
