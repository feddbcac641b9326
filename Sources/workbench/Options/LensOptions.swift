import Analysis
import ArgumentParser

/// What the logit lens reads.
struct LensOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("How many tokens are shown for each vector or state.", valueName: "count"))
  var top = 5

  @Option(
    name: .customLong("token"),
    help: ArgumentHelp(
      "A token whose rank is shown, e.g. \" cannot\"; may be given several times.",
      discussion: "Rank 1 is the highest score.", valueName: "text"))
  var tokens: [String] = []

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Put the model's final norm before the unembedding.",
      discussion: "When absent: without it for vectors (as in the SCANS paper), with it for states."
    ))
  var finalNorm: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: "Show KL(model's own output || lens) of states, in nats; on when absent.")
  var kl: Bool?

  @Option(
    help: ArgumentHelp(
      "Layers counted from 0, e.g. 0-9,20; all when absent.", valueName: "list"))
  var layers: LayerList?

  @Option(
    help: ArgumentHelp(
      "Positions of states, separated by commas; last when absent.", valueName: "names"))
  var positions: PositionList?

  func request(_ texts: TokenTexts, finalNorm standard: Bool) throws -> LogitLens.Request {
    LogitLens.Request(
      top: top, tokens: try tokens.map { text in try texts.id(of: text) },
      applyingFinalNorm: finalNorm ?? standard)
  }

  func validate() throws {
    guard (1...1000).contains(top) else {
      throw ValidationError("--top is \(top); give a count from 1 to 1000.")
    }
  }
}
