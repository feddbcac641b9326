import Analysis
import ArgumentParser
import SteeringEngine

/// Which rows of the forward pass a command reads.
struct HookOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Hook sites, separated by commas.", valueName: "names"))
  var hooks = CommaList<HookSite>([.residPost])

  @Option(
    help: ArgumentHelp(
      "Layers counted from 0, e.g. 0-9,20; all when absent.", valueName: "list"))
  var layers: LayerList?

  @Option(
    help: ArgumentHelp(
      "Positions, separated by commas; query-end is the end of the templated prompt.",
      valueName: "names"))
  var positions = PositionList([.last])

  func validate() throws {
    try expectDistinct(hooks.names.map(\.rawValue), flag: "--hooks")
    if case .named(let names) = positions.positions {
      try expectDistinct(names.map(\.rawValue), flag: "--positions")
    }
  }

  private func expectDistinct(_ names: [String], flag: String) throws {
    var seen: Set<String> = []
    if let repeated = names.first(where: { !seen.insert($0).inserted }) {
      throw ValidationError("\(flag) names \(repeated) more than once; name it once.")
    }
  }
}

/// Names of an enumeration, separated by commas.
struct CommaList<Name: RawRepresentable & CaseIterable & Sendable>:
  ExpressibleByArgument
where Name.RawValue == String {
  let names: [Name]

  init(_ names: [Name]) { self.names = names }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let names = parts.compactMap { Name(rawValue: String($0)) }
    guard names.count == parts.count else { return nil }
    self.names = names
  }

  var defaultValueDescription: String { names.map(\.rawValue).joined(separator: ",") }

  static var allValueStrings: [String] { Name.allCases.map(\.rawValue) }
}

/// Layer indices and ranges, separated by commas, such as `0-9,20`.
struct LayerList: ExpressibleByArgument {
  /// More than any model has, and few enough to write down one by one.
  private static let limit = 10_000

  let layers: [Int]

  init?(argument: String) {
    var layers: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
        first <= last, last < Self.limit
      else { return nil }
      layers += first...last
    }
    self.layers = layers
  }
}

/// `all`, or named positions separated by commas.
struct PositionList: ExpressibleByArgument {
  let positions: ReadPositions

  init(_ positions: [ReadPosition]) { self.positions = .named(positions) }

  init?(argument: String) {
    if argument == "all" {
      positions = .all
    } else if let list = CommaList<ReadPosition>(argument: argument) {
      positions = .named(list.names)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { "last" }

  static var allValueStrings: [String] { CommaList<ReadPosition>.allValueStrings + ["all"] }
}
