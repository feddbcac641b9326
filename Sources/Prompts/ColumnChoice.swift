/// Which columns of a table are prompt, label and id, and how labels are made.
struct ColumnChoice {
  enum LabelRule {
    case none
    case constant(String)
    case column(Int, map: LabelMap?, missing: MissingLabel)
  }

  /// What a row without a label is.
  enum MissingLabel {
    case error, unlabelled, leftOut
  }

  var kind: PromptLayout.Kind
  var prompt: Int
  var label: LabelRule
  /// Nil when ids are row numbers.
  var id: Int?
  /// What a sample keeps the shares of, besides labels.
  var kindColumn: Int?
  /// What of the table was not used.
  var warnings: [String] = []

  /// What a user sees of the choice.
  func layout(of table: PromptTable) -> PromptLayout {
    guard let columns = table.columns else { return PromptLayout(kind: kind) }
    var layout = PromptLayout(kind: kind, promptColumn: columns[prompt])
    if case .column(let index, _, _) = label { layout.labelColumn = columns[index] }
    layout.idColumn = id.map { columns[$0] }
    return layout
  }
}

extension ColumnChoice {
  /// The names that a prompt column commonly has, the likeliest first.
  static let promptNames = [
    "prompt", "question", "goal", "instruction", "text", "query", "behavior",
    "messages", "conversations", "conversation",
  ]

  /// The names of columns that say what kind a prompt is of, the first that there is.
  private static let kindNames = ["type", "kind", "category"]

  /// Chooses by the options first, then by a layout that is recognised, then by common names.
  init(for table: PromptTable, options: PromptFileOptions) throws(PromptError) {
    guard let columns = table.columns else {
      try Self.refuseColumnOptions(options, source: table.source)
      self.init(kind: .plain, prompt: 0, label: .none, id: nil)
      return
    }
    if let name = options.promptColumn {
      let prompt = try table.index(ofNamed: name, flag: "--prompt-column")
      try self.init(columnsOf: table, prompt: prompt, options: options)
    } else if let known = try Self.benchmark(table) {
      self = known
    } else if let prompt = try table.firstIndex(amongCommon: Self.promptNames) {
      try self.init(columnsOf: table, prompt: prompt, options: options)
    } else {
      let problem = PromptError.Problem.noPromptColumn(columns: columns)
      throw PromptError(source: table.source, place: .whole, problem: problem)
    }
    try applyLabelOptions(options, to: table)
    kindColumn =
      Self.kindNames.lazy.compactMap { name in
        columns.firstIndex { $0.lowercased() == name }
      }.first
    if let name = options.idColumn {
      id = try table.index(ofNamed: name, flag: "--id-column")
    }
    if id == nil, let warning = try table.warningOfIDs(amongCommon: ["id"]) {
      warnings.append(warning)
    }
    if let warning = try table.warningOfContext(beside: columns[prompt]) {
      warnings.append(warning)
    }
    if case .column(let index, _, .leftOut) = label,
      let warning = table.warningOfRows(without: index)
    {
      warnings.append(warning)
    }
  }

  private init(
    columnsOf table: PromptTable, prompt: Int, options: PromptFileOptions
  ) throws(PromptError) {
    self.init(kind: .columns, prompt: prompt, label: .none, id: nil)
    if options.labelColumn == nil, let label = try table.firstIndex(amongCommon: ["label"]) {
      self.label = .column(label, map: nil, missing: .unlabelled)
      let values = Set(table.rows.map { $0.values[label].token })
      if options.promptColumn == nil, options.labelMap == nil,
        !values.isEmpty, values.isSubset(of: ["harmful", "harmless"])
      {
        kind = .harmfulHarmless
        self.label = .column(label, map: .harmfulHarmless, missing: .error)
      }
    }
    if options.idColumn == nil { id = try table.usableIDs(amongCommon: ["id"]) }
  }

  private mutating func applyLabelOptions(
    _ options: PromptFileOptions, to table: PromptTable
  ) throws(PromptError) {
    if let name = options.labelColumn {
      let index = try table.index(ofNamed: name, flag: "--label-column")
      label = .column(index, map: options.labelMap, missing: .error)
    } else if let map = options.labelMap {
      guard case .column(let index, _, _) = label else {
        let problem = PromptError.Problem.noLabelColumn(columns: table.columns ?? [])
        throw PromptError(source: table.source, place: .whole, problem: problem)
      }
      label = .column(index, map: map, missing: .error)
    }
  }

  private static func refuseColumnOptions(
    _ options: PromptFileOptions, source: String
  ) throws(PromptError) {
    let flags = [
      options.promptColumn.map { _ in "--prompt-column" },
      options.labelColumn.map { _ in "--label-column" },
      options.idColumn.map { _ in "--id-column" },
      options.labelMap.map { _ in "--label-map" },
    ].compactMap { $0 }
    guard flags.isEmpty else {
      throw PromptError(source: source, place: .whole, problem: .noColumns(flags: flags))
    }
  }
}
