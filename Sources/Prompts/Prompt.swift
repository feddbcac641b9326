/// One request to a model, as a researcher wrote it.
public struct Prompt: Sendable, Hashable {
  /// The prompt's identifier, unique in its set when it comes from an identifier column that was
  /// named; otherwise the number of the prompt in its file, starting at 1.
  ///
  /// Where several files are read, the file's name and a colon come before it.
  public var id: String

  /// The request itself, without any chat template.
  public var text: String

  /// What was said before the request, where the prompt is the last turn of a chat.
  public var earlier: [ChatTurn]

  /// The class of the prompt (by convention `safe` or `unsafe`), or nil when the file gives none.
  public var label: String?

  /// Makes a prompt from its parts.
  public init(id: String, text: String, label: String? = nil, earlier: [ChatTurn] = []) {
    self.id = id
    self.text = text
    self.label = label
    self.earlier = earlier
  }
}

/// Prompts in the order of the file they were read from.
public struct PromptSet: Sendable, Hashable {
  /// The file's name without folder and extension.
  public var name: String

  /// The prompts, at least one when the set was read from a file.
  public var prompts: [Prompt]

  /// How the file was understood: its layout and the columns that were used.
  public var layout: PromptLayout

  /// [prompt]: what its file calls it in a column `type`, `kind` or `category`, the first of these that
  /// it has; empty where it has none.
  public internal(set) var kinds: [String] = []

  /// What was drawn from which file, a phrase each.
  public internal(set) var draws: [String] = []

  /// What of the file was not used, which a researcher may have meant; a sentence each.
  public var warnings: [String] = []

  /// Makes a set of prompts that do not come from columns of a file.
  public init(name: String, prompts: [Prompt]) {
    self.init(name: name, prompts: prompts, layout: PromptLayout(kind: .plain))
  }

  init(name: String, prompts: [Prompt], layout: PromptLayout) {
    self.name = name
    self.prompts = prompts
    self.layout = layout
  }

  /// The same for prompts that share label and kind, and in order by label.
  public static func stratum(label: String?, kind: String) -> String {
    "\(label ?? "")\u{0}\(kind)"
  }
}

/// How a prompt file was understood, for run logs and for a researcher who wonders.
public struct PromptLayout: Sendable, Hashable {
  /// The layouts that are told apart.
  public enum Kind: String, Sendable, Hashable {
    /// Texts without columns: plain lines, or JSON strings.
    case plain
    /// Columns found by name, or named in the options.
    case columns
    /// XSTest: `unsafe` where the type begins with `contrast_`, `safe` elsewhere.
    case xstest
    /// AdvBench: the columns are `goal` and `target`; every goal is `unsafe`.
    case advBench
    /// TruthfulQA: every question is `safe`.
    case truthfulQA
    /// OR-Bench: `unsafe` in a file whose name begins with or-bench-toxic, `safe` in others.
    case orBench
    /// JailbreakBench: the goals are `unsafe` in harmful-behaviors, `safe` in benign-behaviors.
    case jailbreakBench
    /// HarmBench: every behavior is `unsafe`.
    case harmBench
    /// StrongREJECT: every forbidden prompt is `unsafe`.
    case strongREJECT
    /// SORRY-Bench: every request is `unsafe`.
    case sorryBench
    /// WildGuardTest: `unsafe` where people found the prompt harmful; those that they did not agree
    /// on are left out.
    case wildGuardTest
    /// A label column whose values are all `harmful` (read as `unsafe`) or `harmless` (`safe`).
    case harmfulHarmless
  }

  /// The layout that was recognised.
  public var kind: Kind

  /// The column the prompts come from, as the file spells it; nil for texts without columns.
  public var promptColumn: String?

  /// The column the labels come from; nil when the labels do not come from a column.
  public var labelColumn: String?

  /// The column the identifiers come from; nil when they are row numbers.
  public var idColumn: String?
}
