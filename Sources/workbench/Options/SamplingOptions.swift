import Analysis
import ArgumentParser
import SteeringEngine

/// How the tokens of answers are chosen.
struct SamplingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Draw tokens at this temperature; the likeliest is taken when absent.",
      valueName: "number"))
  var temperature: Float?

  @Option(
    help: ArgumentHelp(
      "Draw from the fewest tokens whose probability reaches this; needs --temperature.",
      valueName: "share"))
  var topP: Float?

  @Option(help: ArgumentHelp("The seed of the draws.", valueName: "number"))
  var seed: UInt64 = 0

  var sampling: GenerationOptions.Sampling {
    temperature.map { .nucleus(temperature: $0, topP: topP ?? 1, seed: seed) } ?? .greedy
  }

  func validate() throws {
    if let temperature, !(temperature.isFinite && temperature > 0) {
      throw ValidationError("--temperature is \(temperature); give a number above 0.")
    }
    if let topP, !(topP > 0 && topP <= 1) {
      throw ValidationError("--top-p is \(topP); give a share above 0 and at most 1.")
    }
    guard topP == nil || temperature != nil else {
      throw ValidationError("--top-p needs --temperature.")
    }
  }
}

/// Refuses a repetition penalty that would not penalise.
func expectPenalty(_ penalty: Float?) throws {
  if let penalty, !(penalty.isFinite && penalty > 0) {
    throw ValidationError(
      "--repetition-penalty is \(penalty); give a number above 0, such as 1.1, or 1 for none.")
  }
}

/// Refuses an answer without room.
func expectAnswerLength(_ count: Int?, flag: String) throws {
  if let count, !(1...1_000_000).contains(count) {
    throw ValidationError("\(flag) is \(count); give a count of tokens from 1 to 1000000.")
  }
}
