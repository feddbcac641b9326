import ActivationStore

/// The refusal rates that SCANS's paper gives for a model.
public struct PublishedResults: Equatable, Sendable {
  /// What is published of one method, in percent.
  public struct Row: Equatable, Sendable {
    public var method: String
    /// By group, under the sets' known names.
    public var rates: [SafetyFindings.Group: Double]
    /// (compliant safe + refused unsafe) / all, over all sets of the table.
    public var average: Double

    /// The rate of a group of an evaluation, whatever the set is called there.
    public func rate(of group: SafetyFindings.Group) -> Double? {
      KnownSet(name: group.set).flatMap {
        rates[SafetyFindings.Group(set: $0.rawValue, label: group.label)]
      }
    }
  }

  /// The model as the table has it.
  public var model: String
  public var rows: [Row]

  /// Whether they are of the model that was asked for.
  public var isOfSameModel: Bool

  /// The paper's results for a model, recognised by name and shape; for one that is not in the paper,
  /// those of the paper's first model.
  public init(for model: StoredModel) {
    let bare = Self.bare(model.name)
    let lines = Self.table.dropFirst().filter { line in
      bare.contains(Self.bare(line[0])) && line[1] == "\(model.nLayers)"
        && line[2] == "\(model.dModel)"
    }
    isOfSameModel = !lines.isEmpty
    self.model = lines.first?[0] ?? Self.models[0]
    let name = self.model
    rows = Self.table.dropFirst().filter { $0[0] == name }.map(Self.row)
  }

  /// What the threshold of s_q does to Llama2-7b-chat in the paper, in percent.
  ///
  /// XSTest's safe prompts that are refused, and what is right of all prompts of XSTest, OKTest,
  /// TruthfulQA, AdvBench and MaliciousInstruct.
  public static var thresholds: [(threshold: Double, safeRefused: Double, average: Double)] {
    String(decoding: PackageResources.published_thresholds_csv, as: UTF8.self)
      .split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",").compactMap { Double($0) } }
      .map { ($0[0], $0[1], $0[2]) }
  }

  /// The models of the table.
  public static var models: [String] {
    var seen: Set<String> = []
    return table.dropFirst().map { $0[0] }.filter { seen.insert($0).inserted }
  }

  /// The lines of the data file, the header first; it is our own, so it is well formed.
  private static let table = String(
    decoding: PackageResources.published_results_csv, as: UTF8.self
  ).split(separator: "\n").map {
    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// What comes before the columns of rates: model, layers, width, method.
  private static let rateStart = 4

  private static func row(_ line: [String]) -> Row {
    var rates: [SafetyFindings.Group: Double] = [:]
    for (heading, value) in zip(table[0], line).dropFirst(rateStart).dropLast() {
      let words = heading.split(separator: " ").map(String.init)
      guard let label = SafetyLabel(rawValue: words[1]), let rate = Double(value) else { continue }
      rates[SafetyFindings.Group(set: words[0], label: label)] = rate
    }
    return Row(method: line[3], rates: rates, average: Double(line[line.count - 1]) ?? .nan)
  }

  /// A name without case, and without what is written in different ways between its parts.
  private static func bare(_ name: String) -> String {
    name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != "." }
  }
}
