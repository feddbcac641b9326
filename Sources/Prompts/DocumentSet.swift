/// Documents with summaries that people wrote.
public struct DocumentSet: Sendable, Hashable {
  /// One document.
  public struct Document: Sendable, Hashable {
    /// The value of the column `id` where all are there and different, else the row's number from 1.
    public var id: String
    public var text: String
    public var summary: String
  }

  /// In the file's order, at least one.
  public var documents: [Document]

  /// The names that a column of documents has, the likeliest first.
  static let documentNames = ["document", "dialogue", "article"]
  /// The names that a column of summaries has.
  static let summaryNames = ["summary", "highlights"]

  /// Reads a table in one of the formats of `PromptSet.read`.
  ///
  /// The documents are in a column named document, dialogue or article, the summaries in one named
  /// summary or highlights.
  public static func read(path: String) throws(PromptError) -> DocumentSet {
    let table = try PromptTable(path: path)
    guard !table.rows.isEmpty else {
      throw PromptError(source: path, place: .whole, problem: .noDocuments)
    }
    let document = try table.index(amongNames: documentNames)
    let summary = try table.index(amongNames: summaryNames)
    let id = try table.usableIDs(amongCommon: ["id"])
    var documents: [Document] = []
    for (index, row) in table.rows.enumerated() {
      documents.append(
        Document(
          id: try id.map { column throws(PromptError) in try table.token(of: row, column) }
            ?? String(index + 1),
          text: try table.nonEmptyText(of: row, document),
          summary: try table.nonEmptyText(of: row, summary)))
    }
    return DocumentSet(documents: documents)
  }
}

extension PromptTable {
  /// The text in a column, which must be more than white space.
  fileprivate func nonEmptyText(of row: Row, _ column: Int) throws(PromptError) -> String {
    let text = try text(of: row, column)
    guard !text.stripped.isEmpty else {
      throw failure(.missingValue(column: name(of: column)), in: row)
    }
    return try checked(text, in: row)
  }
}
