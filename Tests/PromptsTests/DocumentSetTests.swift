import Foundation
import Prompts
import Testing

@Suite("Documents with summaries")
struct DocumentSetTests {
  private func documents(_ text: String, as suffix: String = "csv") throws
    -> [DocumentSet.Document]
  {
    let path = NSTemporaryDirectory() + "documents-\(UUID().uuidString).\(suffix)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try DocumentSet.read(path: path).documents
  }

  private func failure(_ text: String) -> String {
    do {
      _ = try documents(text)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test("Columns are found by their common names")
  func names() throws {
    let csv = try documents("id,dialogue,summary\nx,\"A: Hi\nB: Hi\",They greet.\ny,C,D\n")
    #expect(csv.map(\.id) == ["x", "y"])
    #expect(csv.map(\.text) == ["A: Hi\nB: Hi", "C"])
    #expect(csv.map(\.summary) == ["They greet.", "D"])
    let lines = try documents(#"{"Article": "C", "highlights": "D"}"#, as: "jsonl")
    #expect(lines.map(\.id) == ["1"] && lines[0].text == "C" && lines[0].summary == "D")
  }

  @Test("What is missing is named")
  func missing() {
    #expect(
      failure("text,summary\na,b\n").contains(
        "no column is called 'document' or 'dialogue' or 'article'"))
    #expect(
      failure("document,title\na,b\n").contains("no column is called 'summary' or 'highlights'"))
    #expect(
      failure("document,summary\na, \n").contains(
        "row 1 (line 2): the value of 'summary' is missing"))
    #expect(failure("document,summary\n").contains("the file holds no documents"))
  }
}
