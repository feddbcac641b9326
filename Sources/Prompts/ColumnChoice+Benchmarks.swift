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
    return try truthfulQA(table)
  }

  /// XSTest is told by the values of `type`, because its column names are ordinary words.
  private static func xstest(_ table: PromptTable) throws(PromptError) -> ColumnChoice? {
    guard let prompt = try table.firstIndex(amongCommon: ["prompt"]),
      let type = try table.firstIndex(amongCommon: ["type"]), !table.rows.isEmpty,
      table.rows.allSatisfy({ xstestTypes.contains($0.values[type].token ?? "") })
    else { return nil }
    return ColumnChoice(
      kind: .xstest, prompt: prompt,
      label: .column(type, map: .xstest, required: true),
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
