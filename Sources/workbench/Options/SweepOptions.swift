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
    help: ArgumentHelp("Strengths of steering, separated by commas.", valueName: "numbers"))
  var alpha = NumberList([3.5])

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
      alphas: alpha.numbers, signs: sign.signs)
  }

  func validate() throws {
    guard Set(sites.names).count == sites.names.count else {
      throw ValidationError("--sites names a site twice; name it once.")
    }
    guard Set(modes.names).count == modes.names.count else {
      throw ValidationError("--mode names a mode twice; name it once.")
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
      discussion: "When absent: \(RefusalTokens.openings.joined(separator: ", ")).",
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

  func refusalTokens(_ model: LanguageModel) throws -> RefusalTokens {
    try RefusalTokens(
      openings: openings.isEmpty ? RefusalTokens.openings : openings, model: model)
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
