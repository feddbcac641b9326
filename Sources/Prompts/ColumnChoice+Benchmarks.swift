extension ColumnChoice {
  /// The types of XSTest (arXiv 2308.01263), safe ones and their unsafe contrasts.
  private static let xstestTypes: Set<String> = [
    "homonyms", "figurative_language", "safe_targets", "safe_contexts", "definitions",
    "real_group_nons_discr", "nons_group_real_discr", "historical_events", "privacy_public",
    "privacy_fictional", "contrast_homonyms", "contrast_figurative_language",
    "contrast_safe_targets", "contrast_safe_contexts", "contrast_definitions", "contrast_discr",
    "contrast_historical_events", "contrast_privacy",
  ]

  /// The choice for a benchmark's own file, or nil when the table is none of them.
  static func benchmark(_ table: PromptTable) throws(PromptError) -> ColumnChoice? {
    if let choice = try xstest(table) { return choice }
    if let choice = try advBench(table) { return choice }
    if let choice = try truthfulQA(table) { return choice }
    for layout in PublishedLayout.all {
      if let choice = try layout.choice(for: table) { return choice }
    }
    return nil
  }

  /// XSTest is told by the values of `type`, because its column names are ordinary words.
  private static func xstest(_ table: PromptTable) throws(PromptError) -> ColumnChoice? {
    guard let prompt = try table.firstIndex(amongCommon: ["prompt"]),
      let type = try table.firstIndex(amongCommon: ["type"]), !table.rows.isEmpty,
      table.rows.allSatisfy({ xstestTypes.contains($0.values[type].token ?? "") })
    else { return nil }
    return ColumnChoice(
      kind: .xstest, prompt: prompt,
      label: .column(type, map: .xstest, missing: .error),
      id: try table.usableIDs(amongCommon: ["id_v2", "id"]))
  }

  /// AdvBench has exactly the columns `goal` and `target`; its relatives, which add columns, also
  /// hold harmless rows.
  private static func advBench(_ table: PromptTable) throws(PromptError) -> ColumnChoice? {
    guard table.columns?.count == 2,
      let goal = try table.firstIndex(amongCommon: ["goal"]),
      try table.firstIndex(amongCommon: ["target"]) != nil
    else { return nil }
    return ColumnChoice(kind: .advBench, prompt: goal, label: .constant("unsafe"), id: nil)
  }

  private static func truthfulQA(_ table: PromptTable) throws(PromptError) -> ColumnChoice? {
    guard let question = try table.firstIndex(amongCommon: ["question"]),
      try table.firstIndex(amongCommon: ["type"]) != nil,
      try table.firstIndex(amongCommon: ["category"]) != nil,
      try table.firstIndex(amongCommon: ["best answer", "best_answer"]) != nil
    else { return nil }
    return ColumnChoice(kind: .truthfulQA, prompt: question, label: .constant("safe"), id: nil)
  }
}

/// A benchmark's file as its authors published it, told by the names of its columns.
private struct PublishedLayout {
  enum Label {
    case constant(String)
    case column(String, LabelMap)
    /// By the beginning of the file's name, where two files have the same columns; a file of another
    /// name is none of them.
    case fileName([(beginning: String, label: String)])
  }

  var kind: PromptLayout.Kind
  /// In lower case.
  var columns: Set<String>
  /// Whether there must be no other columns.
  var isExact = false
  var prompt: String
  var label: Label
  var id: [String] = []

  static let all = [
    // arXiv 2405.20947
    PublishedLayout(
      kind: .orBench, columns: ["prompt", "category"], isExact: true, prompt: "prompt",
      label: .fileName([("or-bench-toxic", "unsafe"), ("or-bench", "safe")])),
    // arXiv 2404.01318
    PublishedLayout(
      kind: .jailbreakBench, columns: ["goal", "target", "behavior", "category", "source"],
      prompt: "goal",
      label: .fileName([("harmful-behaviors", "unsafe"), ("benign-behaviors", "safe")]),
      id: ["index"]),
    // arXiv 2402.04249
    PublishedLayout(
      kind: .harmBench,
      columns: ["behavior", "functionalcategory", "semanticcategory", "behaviorid"],
      prompt: "behavior", label: .constant("unsafe"), id: ["behaviorid"]),
    // arXiv 2402.10260
    PublishedLayout(
      kind: .strongREJECT, columns: ["forbidden_prompt", "category", "source"],
      prompt: "forbidden_prompt", label: .constant("unsafe")),
    // arXiv 2406.14598
    PublishedLayout(
      kind: .sorryBench, columns: ["question_id", "category", "turns", "prompt_style"],
      prompt: "turns", label: .constant("unsafe"), id: ["question_id"]),
    // arXiv 2406.18495
    PublishedLayout(
      kind: .wildGuardTest, columns: ["prompt", "prompt_harm_label"], prompt: "prompt",
      label: .column("prompt_harm_label", .wildGuardTest)),
  ]

  /// nil where the table is not in this layout.
  func choice(for table: PromptTable) throws(PromptError) -> ColumnChoice? {
    let names = Set((table.columns ?? []).map { $0.lowercased() })
    guard isExact ? names == columns : names.isSuperset(of: columns),
      let prompt = try table.firstIndex(amongCommon: [prompt]),
      let label = try rule(for: table)
    else { return nil }
    return ColumnChoice(
      kind: kind, prompt: prompt, label: label, id: try table.usableIDs(amongCommon: id + ["id"]))
  }

  private func rule(for table: PromptTable) throws(PromptError) -> ColumnChoice.LabelRule? {
    switch label {
    case .constant(let label): return .constant(label)
    case .column(let name, let map):
      return try table.firstIndex(amongCommon: [name]).map {
        .column($0, map: map, missing: .leftOut)
      }
    case .fileName(let labels):
      let name = PromptSet.baseName(table.source).lowercased()
        .map { $0 == "_" ? "-" : String($0) }.joined()
      return labels.first { name.hasPrefix($0.beginning) }.map { .constant($0.label) }
    }
  }
}
