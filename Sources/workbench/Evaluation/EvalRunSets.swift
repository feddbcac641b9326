import Analysis
import ArgumentParser

/// `NAME=PATH`, `NAME:safe=PATH` or `NAME:unsafe=PATH`.
struct SetArgument: ExpressibleByArgument {
  let source: SafetySet.Source

  init?(argument: String) {
    let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, !sides[1].isEmpty else { return nil }
    let parts = sides[0].split(separator: ":", omittingEmptySubsequences: false)
    let label = parts.count == 2 ? SafetyLabel(rawValue: String(parts[1])) : nil
    guard parts.count == 1 || label != nil, let name = parts.first, !name.isEmpty,
      name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
    else { return nil }
    source = SafetySet.Source(name: String(name), label: label, path: String(sides[1]))
  }
}

/// `NAME=COUNT`: how many prompts of a set.
struct CountArgument: ExpressibleByArgument {
  let set: String
  let count: Int

  init?(argument: String) {
    let sides = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard sides.count == 2, let count = Int(sides[1]), count > 0 else { return nil }
    set = String(sides[0])
    self.count = count
  }
}

/// The benchmarks that are reported on.
struct EvalRunSets: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "A benchmark's name and file; may be given several times.",
      discussion: "For a file without labels: NAME:safe=FILE or NAME:unsafe=FILE.",
      valueName: "NAME=FILE"))
  var sets: [SetArgument]

  @Option(
    name: .customLong("limit"),
    help: ArgumentHelp(
      "Report on so many prompts of a set, drawn with the seed; may be given several times.",
      discussion:
        "Labels and kinds keep their shares. Its anchors then come from the other prompts.",
      valueName: "NAME=COUNT"))
  var limits: [CountArgument] = []

  @Option(
    name: .customLong("first"),
    help: ArgumentHelp("Likewise the first prompts of a set.", valueName: "NAME=COUNT"))
  var firsts: [CountArgument] = []

  @Option(help: ArgumentHelp("The seed of samples and anchors.", valueName: "number"))
  var seed: UInt64 = 0

  var paths: [String] { sets.map(\.source.path) }

  func validate() throws {
    let names = sets.map(\.source.name)
    if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
      throw ValidationError("--set names \(names[twice]) twice; give each set a name of its own.")
    }
    let limited = (limits + firsts).map(\.set)
    if let twice = limited.indices.first(where: { limited[..<$0].contains(limited[$0]) }) {
      throw ValidationError(
        "--limit and --first name \(limited[twice]) twice; name it once in one of them.")
    }
  }

  /// Reads the sets and divides them; `known` are anchors that were drawn elsewhere, by
  /// `PromptDigest`.
  func split(anchors: AnchorPlan?, known: Set<String>) throws -> SafetySplit {
    try SafetySplit(
      sets.map { try SafetySet(reading: $0.source) },
      samples: Dictionary(
        uniqueKeysWithValues: limits.map { ($0.set, .drawn($0.count, seed: seed)) }
          + firsts.map { ($0.set, .first($0.count)) }),
      anchors: anchors, seed: seed, known: known)
  }
}
