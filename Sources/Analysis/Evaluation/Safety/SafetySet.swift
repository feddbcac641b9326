import Prompts

/// The prompts of a benchmark file, each with its label.
public struct SafetySet: Equatable, Sendable {
  /// Where a set comes from.
  public struct Source: Hashable, Sendable {
    public var name: String
    /// Of all prompts of a file without labels.
    public var label: SafetyLabel?
    public var path: String

    public init(name: String, label: SafetyLabel? = nil, path: String) {
      self.name = name
      self.label = label
      self.path = path
    }
  }

  public var source: Source
  /// In the file's order, at least one.
  public var prompts: [SafetyPrompt]
  /// [prompt]: what the file calls it, besides its label; empty for nothing.
  public var kinds: [String]
  /// What of the file was not read, in sentences.
  private var readingWarnings: [String] = []

  public init(source: Source, prompts: [SafetyPrompt]) {
    self.source = source
    self.prompts = prompts
    kinds = prompts.map { _ in "" }
  }

  /// Reads a file in one of the layouts of `PromptSet.read`.
  public init(reading source: Source) throws(SafetyError) {
    self.source = source
    let set: PromptSet
    do throws(PromptError) { set = try PromptSet.read(path: source.path) } catch {
      if case .noPromptColumn(let columns) = error.problem {
        throw .noPromptColumn(path: source.path, columns: columns)
      }
      throw .prompts(error)
    }
    kinds = set.kinds
    readingWarnings = set.warnings
    let known = KnownSet(name: source.name)
    if let known { try Self.expectLayout(set.layout.kind, of: known, path: source.path) }
    prompts = try set.prompts.map { prompt throws(SafetyError) in
      SafetyPrompt(
        set: source.name, id: prompt.id,
        label: try Self.label(of: prompt, from: source, known: known), text: prompt.text,
        earlier: prompt.earlier)
    }
  }

  /// How many prompts have a label.
  public func count(_ label: SafetyLabel) -> Int { prompts.count { $0.label == label } }

  /// What was not read, is not as published or occurs twice, in sentences.
  public var warnings: [String] {
    readingWarnings + [countWarning, repetitionWarning].compactMap { $0 }
  }

  private static func label(
    of prompt: Prompt, from source: Source, known: KnownSet?
  ) throws(SafetyError) -> SafetyLabel {
    guard let text = prompt.label else {
      guard let label = source.label ?? known?.label else {
        throw .unlabelled(path: source.path, set: source.name, prompt: prompt.id)
      }
      return label
    }
    guard let label = SafetyLabel(rawValue: text.lowercased()) else {
      throw .unknownLabel(path: source.path, prompt: prompt.id, label: text)
    }
    if let given = source.label, given != label {
      throw .contraryLabel(path: source.path, prompt: prompt.id, label: label, given: given)
    }
    return label
  }

  /// Refuses another benchmark's file under a benchmark's name.
  private static func expectLayout(
    _ kind: PromptLayout.Kind, of known: KnownSet, path: String
  ) throws(SafetyError) {
    let found: KnownSet? =
      switch kind {
      case .xstest: .xstest
      case .advBench: .advbench
      case .truthfulQA: .truthfulqa
      case .orBench: nil
      case .jailbreakBench: .jailbreakbench
      case .harmBench: .harmbench
      case .strongREJECT: .strongreject
      case .sorryBench: .sorrybench
      case .wildGuardTest: .wildguardtest
      case .plain, .columns, .harmfulHarmless: nil
      }
    if let found, found != known {
      throw .otherLayout(path: path, found: found.title, name: known.rawValue)
    }
  }

  private var countWarning: String? {
    guard let known = KnownSet(name: source.name) else { return nil }
    let published = { (label: SafetyLabel) in known.publishedCount(label) }
    guard known.hasOnePublishedCount,
      SafetyLabel.allCases.contains(where: { published($0) != count($0) })
    else { return nil }
    let listed = { (count: (SafetyLabel) -> Int) in
      SafetyLabel.allCases.filter { count($0) > 0 }.map { "\(count($0)) \($0.rawValue)" }
        .joined(separator: " and ")
    }
    return "\(source.path) has \(listed(count)) prompts, and \(known.title) was published with "
      + listed(published)
  }

  private var repetitionWarning: String? {
    var seen: Set<String> = []
    let repeated = prompts.filter { !seen.insert($0.key).inserted }
    guard let first = repeated.first else { return nil }
    return "\(source.path) has \(repeated.count) prompts that stand there already, such as "
      + "\(first.id); each counts"
  }
}
