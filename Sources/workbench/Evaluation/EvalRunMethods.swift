import ActivationStore
import Analysis
import ArgumentParser
import ModelLibrary

/// A method on the command line.
enum MethodArgument: ExpressibleByArgument {
  case standard, helpful, fewShot
  case prompt(file: String)
  case selfContrast(file: String?)
  case steered(ScansProfile)

  static let allValueStrings = [
    "default", "prompt-helpful", "prompt-few-shot", "prompt=FILE", "self-cd", "self-cd=FILE",
    "scans-repo", "scans-paper",
  ]

  init?(argument: String) {
    let sides = argument.split(separator: "=", maxSplits: 1).map(String.init)
    switch (sides.first, sides.count > 1 ? sides[1] : nil) {
    case ("default", nil): self = .standard
    case ("prompt-helpful", nil): self = .helpful
    case ("prompt-few-shot", nil): self = .fewShot
    case ("prompt", .some(let file)): self = .prompt(file: file)
    case ("self-cd", let file): self = .selfContrast(file: file)
    case (.some(let name), nil):
      guard let profile = ScansProfile(rawValue: name) else { return nil }
      self = .steered(profile)
    default: return nil
    }
  }

  /// What the method is called; a method is evaluated once.
  var name: String {
    switch self {
    case .standard: "default"
    case .helpful: "prompt-helpful"
    case .fewShot: "prompt-few-shot"
    case .prompt: "prompt"
    case .selfContrast: "self-cd"
    case .steered(let profile): profile.rawValue
    }
  }

  /// The file with the method's words, where the user gives one.
  var file: String? {
    switch self {
    case .prompt(let file): file
    case .selfContrast(let file): file
    default: nil
    }
  }

  /// The method with its words; nil for Default, which is always there.
  func request() throws -> MethodChoice? {
    switch self {
    case .standard: nil
    case .helpful: .prompted(name: name, BaselineTexts.helpful)
    case .fewShot: .prompted(name: name, BaselineTexts.fewShot)
    case .prompt(let file): .prompted(name: name, try PromptFormat(methodFile: file))
    case .selfContrast(let file):
      .selfContrast(
        safetyText: try file.map { try PromptFormat.methodText($0) } ?? BaselineTexts.safety)
    case .steered(let profile): .steered(profile)
    }
  }
}

/// What answers the prompts, and how SCANS steers.
struct EvalRunMethods: ParsableArguments {
  @Option(
    name: .customLong("method"),
    help: ArgumentHelp(
      "A method beside Default: \(MethodArgument.allValueStrings.joined(separator: ", ")); "
        + "may be given several times.", valueName: "method"))
  var methods: [MethodArgument] = []

  @Option(
    help: ArgumentHelp(
      "The sets that anchors are drawn from, separated by commas.", valueName: "names"))
  var anchorSets: String?

  @Option(help: ArgumentHelp("How many anchors of each label.", valueName: "count"))
  var anchors = 64

  @Option(
    help: ArgumentHelp(
      "How often anchors are drawn, with the seed, the seed + 1, ...; each trial makes its own "
        + "vectors.", valueName: "count"))
  var trials = 1

  @Option(
    help: ArgumentHelp(
      "A file from `workbench vectors`, in place of anchors.", valueName: "file"))
  var vectors: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The strength of SCANS; the profile's when absent. 0.1n is a tenth of the residual stream's "
        + "length.", valueName: "number"))
  var alpha: Strength?

  @Option(
    help: ArgumentHelp("The steered layers, counted from 0, e.g. 9-18.", valueName: "list"))
  var layers: LayerList?

  @OptionGroup var signRule: SignRuleOptions

  @Option(
    help: ArgumentHelp(
      "Answer under both signs, or under the one that s_q calls for: both, chosen.",
      discussion: "With both, `eval show` answers any threshold and layer set.",
      valueName: "signs"))
  var signs = SignsToAnswer.both

  @Option(
    help: ArgumentHelp(
      "Answer by so many sets of random directions as long as the vectors, too.",
      discussion: "Marked with ~ is what these do, or what the vectors do with signs shuffled.",
      valueName: "random=COUNT"))
  var control: ControlArgument?

  @Flag(help: "Accept vectors that were made with other weights.")
  var allowOtherModel = false

  enum SignsToAnswer: String, CaseIterable, ExpressibleByArgument { case both, chosen }

  /// Where the anchors come from, if anything asks for some.
  var plan: AnchorPlan? {
    anchorSets.map { names in
      AnchorPlan(
        sets: names.split(separator: ",").map(String.init), count: anchors, trials: trials)
    }
  }

  func requests() throws -> [MethodChoice] {
    try methods.compactMap { try $0.request() }
  }

  func validate() throws {
    let names = methods.map(\.name)
    if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
      throw ValidationError("--method gives \(names[twice]) twice; give it once.")
    }
    guard anchorSets == nil || vectors == nil else {
      throw ValidationError("Give --anchor-sets or --vectors, one of them.")
    }
    if let anchorSets, anchorSets.split(separator: ",").isEmpty {
      throw ValidationError("--anchor-sets names no set; give some, e.g. advbench,truthfulqa.")
    }
    guard anchors > 0, (1...1000).contains(trials) else {
      throw ValidationError("--anchors and --trials are counts of 1 or more (trials up to 1000).")
    }
    guard trials == 1 || anchorSets != nil else {
      throw ValidationError("--trials draws anchors anew; give --anchor-sets.")
    }
  }
}
