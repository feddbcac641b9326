import ActivationStore
import Analysis
import ArgumentParser

/// Which vectors steer, and how.
struct SteeringOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A file from `workbench vectors`.", valueName: "file"))
  var vectors: String

  @OptionGroup var rule: SteeringRuleOptions
}

/// Whether a capability is measured under steering too, and how.
struct OptionalSteeringOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A file from `workbench vectors`: measures the steered model beside the model as it is.",
      valueName: "file"))
  var steer: String?

  @OptionGroup var rule: SteeringRuleOptions

  func open(for model: StoredModel) throws -> SteeringRule? {
    try steer.map { path in try rule.open(path, for: model) }
  }

  func validate() throws {
    guard steer == nil, let flag = rule.firstFlag else { return }
    throw ValidationError(
      "\(flag) is about steering; give --steer a file from `workbench vectors`.")
  }
}

/// What is added to the residual stream, where, and with which sign.
struct SteeringRuleOptions: ParsableArguments {
  @Option(help: "What is not given here is as in the released code or in the paper.")
  var profile = ScansProfile.repository

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The strength; 0 changes nothing. 0.1n is a tenth of the residual stream's length.",
      valueName: "number"))
  var alpha: Strength?

  @Option(
    help: ArgumentHelp("The steered layers, counted from 0, e.g. 9-18.", valueName: "list"))
  var layers: LayerList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "auto (from s_q), +1 (towards refusal) or -1 (away from it).", valueName: "sign"))
  var sign = SignChoice.auto

  @Option(help: ArgumentHelp(HarmClassifier.Kind.help, valueName: "name"))
  var classifier: HarmClassifier.Kind?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The threshold of s_q: a number, or anchors (when absent), which tells those of the vectors "
        + "apart best.", valueName: "T"))
  var threshold: ThresholdChoice?

  @Option(
    help: ArgumentHelp(
      "The layers that s_q is the mean over, counted from 0, e.g. 9-29.", valueName: "list"))
  var classifierLayers: LayerList?

  @Flag(help: "Accept vectors that were made with other weights.")
  var allowOtherModel = false

  /// Reads the vectors at `path`, which must be of this model, and makes the rule.
  func open(_ path: String, for model: StoredModel) throws -> SteeringRule {
    try rule(of: VectorFile.read(path), path: path, for: model)
  }

  /// Makes the rule of vectors that were read from `path`.
  func rule(
    of set: VectorSet, path: String, for model: StoredModel
  ) throws -> SteeringRule {
    try set.expectMatches(model, path: path, allowOther: allowOtherModel)
    return SteeringRule(
      addition: try addition(set, path: path, nLayers: model.nLayers),
      sign: try sign(set, path: path, nLayers: model.nLayers), profile: profile, vectors: path)
  }

  /// The first flag that was given, besides the profile.
  var firstFlag: String? {
    if alpha != nil { return "--alpha" }
    if layers != nil { return "--layers" }
    if case .fixed = sign { return "--sign" }
    if classifier != nil { return "--classifier" }
    if threshold != nil { return "--threshold" }
    if classifierLayers != nil { return "--classifier-layers" }
    return allowOtherModel ? "--allow-other-model" : nil
  }

  private func addition(
    _ set: VectorSet, path: String, nLayers: Int
  ) throws -> SteeringAddition {
    try SteeringAddition(
      vectors: set, path: path,
      layers: layers?.layers ?? profile.steeredLayers(of: nLayers),
      alpha: alpha ?? profile.alpha, isUnit: profile.hasUnitVectors)
  }

  private func sign(
    _ set: VectorSet, path: String, nLayers: Int
  ) throws -> SteeredAnswers.Sign {
    if case .fixed(let sigma) = sign { return .fixed(sigma) }
    return .classifier(
      try HarmClassifier(
        vectors: set, path: path, kind: classifier ?? .cosine,
        layers: classifierLayers?.layers ?? set.classifierLayers(of: nLayers),
        threshold: threshold?.threshold ?? .anchors))
  }

  func validate() throws {
    if case .fixed = sign, classifier != nil || threshold != nil || classifierLayers != nil {
      throw ValidationError(
        "--classifier, --threshold and --classifier-layers need --sign auto.")
    }
  }
}

extension HarmClassifier.Kind: ExpressibleByArgument {
  static let help =
    "What s_q is: cosine (SCANS, when absent), or the score of a linear probe made from the same "
    + "prompts as the vectors: probe-transition, probe-query-end."
}

extension Strength: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// What stands for the refusal vectors, to see what chance would do: `random=COUNT`.
struct ControlArgument: ExpressibleByArgument {
  let count: Int

  init?(argument: String) {
    let sides = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard sides.count == 2, sides[0] == "random", let count = Int(sides[1]),
      (1...1000).contains(count)
    else { return nil }
    self.count = count
  }
}

/// Where sigma comes from, on the command line.
enum SignChoice: ExpressibleByArgument {
  case auto
  case fixed(Int)

  init?(argument: String) {
    if argument == "auto" {
      self = .auto
    } else if let sign = parseSign(argument) {
      self = .fixed(sign)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { "auto" }
}
