/// A benchmark that is recognised by its name: what its prompts are, and how many were published.
public enum KnownSet: String, CaseIterable, Sendable {
  case xstest, oktest, advbench, maliciousinstruct, truthfulqa, repe, harmfulq, heldout

  /// Recognises a name in any case, with or without - and _.
  public init?(name: String) {
    self.init(rawValue: name.lowercased().filter { $0 != "-" && $0 != "_" })
  }

  /// The name as its authors write it.
  public var title: String {
    switch self {
    case .xstest: "XSTest"
    case .oktest: "OKTest"
    case .advbench: "AdvBench"
    case .maliciousinstruct: "MaliciousInstruct"
    case .truthfulqa: "TruthfulQA"
    case .repe: "RepE"
    case .harmfulq: "HarmfulQ"
    case .heldout: "Held-out"
    }
  }

  /// The label of all its prompts; nil where it has both kinds.
  public var label: SafetyLabel? {
    switch self {
    case .oktest, .truthfulqa, .heldout: .safe
    case .advbench, .maliciousinstruct, .harmfulq: .unsafe
    case .xstest, .repe: nil
    }
  }

  /// How many prompts of a label were published.
  public func publishedCount(_ label: SafetyLabel) -> Int {
    switch (self, label) {
    case (.xstest, .safe): 250
    case (.xstest, .unsafe): 200
    case (.oktest, .safe): 300
    case (.advbench, .unsafe): 520
    case (.maliciousinstruct, .unsafe): 100
    case (.truthfulqa, .safe): 817
    case (.repe, _): 384
    case (.harmfulq, .unsafe): 200
    case (.heldout, .safe): 100
    default: 0
    }
  }
}
