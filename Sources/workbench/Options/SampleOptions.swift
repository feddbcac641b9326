import ArgumentParser
import Prompts

/// Which of a file's items a command works on.
struct SampleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Draw so many of each file at random; labels and kinds keep their shares.",
      valueName: "count"))
  var limit: Int?

  @Option(help: ArgumentHelp("The seed of the draw, 0 when absent.", valueName: "number"))
  var limitSeed: UInt64?

  @Option(help: ArgumentHelp("Take only the first of each file.", valueName: "count"))
  var first: Int?

  var sample: PromptSample {
    if let first { return .first(first) }
    return limit.map { .drawn($0, seed: limitSeed ?? 0) } ?? .all
  }

  func validate() throws {
    for (flag, count) in [("--limit", limit), ("--first", first)] {
      if let count, count < 1 { throw ValidationError("\(flag) is \(count); give 1 or more.") }
    }
    guard limit == nil || first == nil else {
      throw ValidationError("Give --limit or --first, one of them.")
    }
    guard limitSeed == nil || limit != nil else {
      throw ValidationError("--limit-seed is the seed of --limit; give that too.")
    }
  }
}
