/// A benchmark that is recognised by its name: what its prompts are, and how many were published.
public enum KnownSet: String, CaseIterable, Sendable {
  case xstest, oktest, advbench, maliciousinstruct, truthfulqa, repe, harmfulq, heldout
  case orbenchhard, orbenchtoxic, falsereject, phtest
  case jailbreakbench, harmbench, strongreject, sorrybench, wildguardtest

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
    case .orbenchhard: "OR-Bench-Hard-1K"
    case .orbenchtoxic: "OR-Bench-Toxic"
    case .falsereject: "FalseReject"
    case .phtest: "PHTest"
    case .jailbreakbench: "JailbreakBench"
    case .harmbench: "HarmBench"
    case .strongreject: "StrongREJECT"
    case .sorrybench: "SORRY-Bench"
    case .wildguardtest: "WildGuardTest"
    }
  }

  /// The label of all its prompts; nil where it has both kinds.
  public var label: SafetyLabel? {
    switch self {
    case .oktest, .truthfulqa, .heldout, .orbenchhard, .falsereject, .phtest: .safe
    case .advbench, .maliciousinstruct, .harmfulq, .orbenchtoxic, .harmbench, .strongreject,
      .sorrybench:
      .unsafe
    case .xstest, .repe, .jailbreakbench, .wildguardtest: nil
    }
  }

  /// Whether it was published once, with as many prompts as `publishedCount` says; the others have
  /// versions and parts of several sizes.
  public var hasOnePublishedCount: Bool {
    switch self {
    case .orbenchhard, .orbenchtoxic, .falsereject, .phtest, .jailbreakbench, .harmbench,
      .sorrybench, .wildguardtest:
      false
    default: true
    }
  }

  /// How many prompts of a label were published; 0 where that is not one number.
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
    case (.strongreject, .unsafe): 313
    default: 0
    }
  }
}
