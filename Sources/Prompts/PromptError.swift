/// Why a prompt file or a label map cannot be used: where, what, and what to do.
public struct PromptError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A position in a file; lines, rows and elements are counted from 1, byte offsets from 0.
  public enum Place: Sendable, Hashable {
    /// The file (or the label map) as a whole.
    case whole
    /// A line of the file.
    case line(Int)
    /// A row below the header, and the line of the file on which it starts.
    case row(Int, line: Int)
    /// An element of a JSON array.
    case element(Int)
    /// A byte of the file, a byte order mark included, and its line.
    case byte(offset: Int, line: Int)
  }

  /// The kinds of problem, with what is needed to explain each.
  public enum Problem: Sendable, Hashable {
    case unreadable(reason: String)
    case unknownExtension(String)
    case invalidUTF8
    case notUTF8(encoding: String)
    case damagedGzip
    case longGzip(bytes: Int)
    case unusableChat(column: String)
    case unterminatedQuote
    case textAfterClosingQuote
    case quoteInUnquotedField
    case loneCarriageReturn
    case fieldCount(found: Int, expected: Int)
    case duplicateColumn(String)
    case invalidJSON(reason: String)
    case unexpectedJSON(expected: String)
    case noPromptColumn(columns: [String])
    case noColumn(names: [String], columns: [String])
    case columnNotFound(name: String, flag: String, columns: [String])
    case ambiguousColumn(name: String, matches: [String])
    case noColumns(flags: [String])
    case noLabelColumn(columns: [String])
    case notText(column: String)
    case emptyPrompt
    case missingValue(column: String)
    case nulCharacter
    case duplicateID(String, first: Place)
    case unmatchedLabel(value: String, column: String)
    case noPrompts
    case noAnswers
    case noDocuments
    case noQuestions
    case questionFields(found: Int)
    case noLetter(found: String)
    case sameFileName(other: String)
    case invalidCount(Int)
    case labelMapSyntax(entry: String)
    case emptyLabelMap
    case unreachablePattern(String, after: String)
  }

  /// The file's path, or the label map as it was written.
  public var source: String

  /// Where in the source the problem is.
  public var place: Place

  /// What is wrong.
  public var problem: Problem

  /// One sentence: the source, the place, the problem and the remedy.
  public var description: String {
    switch place {
    case .whole: "\(source): \(problem.sentence)"
    default: "\(source), \(place.words): \(problem.sentence)"
    }
  }
}

extension PromptError.Place {
  var words: String {
    switch self {
    case .whole: "whole file"
    case .line(let line): "line \(line)"
    case .row(let row, let line): "row \(row) (line \(line))"
    case .element(let element): "element \(element)"
    case .byte(let offset, let line): "byte \(offset) (line \(line))"
    }
  }
}
