import Analysis
import Foundation
import Prompts
import Testing

@Suite("A folder of MMLU")
struct MMLUFolderTests {
  private let folder: Folder

  init() throws {
    folder = try Folder()
    for part in ["dev", "test"] {
      try FileManager.default.createDirectory(
        atPath: folder.path(part), withIntermediateDirectories: true)
    }
    try write("dev/tides_dev.csv", "\"High, or low?\n\",high,low,both,none,C\n")
    try write("test/tides_test.csv", "Why?,moon,sun,wind,rain,A\nWhen?,1,2,3,4,D\n")
    try write("test/clouds_test.csv", "Why?,moon,sun,wind,rain,A\n")
  }

  private func write(_ name: String, _ text: String) throws {
    try text.write(toFile: folder.path(name), atomically: true, encoding: .utf8)
  }

  private func refusal(_ names: [String]?) -> String {
    sentence { _ = try MMLUSubject.read(folder: folder.path(""), names: names) }
      .replacing(folder.path(""), with: "mmlu")
  }

  @Test("Subjects have their examples and questions, texts as they are")
  func subjects() throws {
    let read = try MMLUSubject.read(folder: folder.path(""), names: ["tides"])
    #expect(read.map(\.name) == ["tides"])
    #expect(read[0].examples.map(\.question) == ["High, or low?\n"])
    #expect(read[0].examples[0].answer == 2)
    #expect(
      read[0].questions.map(\.choices) == [["moon", "sun", "wind", "rain"], ["1", "2", "3", "4"]])
    #expect(read[0].questions.map(\.answer) == [0, 3])
  }

  @Test("What is missing is named with its remedy")
  func missing() throws {
    #expect(refusal(["moons"]) == "mmlu/test has no moons_test.csv; name some of clouds, tides")
    #expect(
      refusal(nil)
        == "mmlu/dev/clouds_dev.csv is missing, which holds the examples for clouds; put it there, "
        + "or leave the subject out with --subjects")
    let other = sentence { _ = try MMLUSubject.read(folder: "nowhere") }
    #expect(other.hasPrefix("nowhere holds no test/SUBJECT_test.csv; give the folder of MMLU"))
  }

  @Test(
    "Rows of another layout are refused with their line",
    arguments: [
      ("Question,A,B,C,D,Answer\nWhy?,1,2,3,4,A\n", "line 1: the last field is 'Answer' and not"),
      ("Why?,1,2,3,4,A\nWhy?,1,2,3,A\n", "line 2: the row has 5 fields and not the 6 of MMLU's"),
      ("Why?,1,2,3,4,E\n", "line 1: the last field is 'E' and not the letter of the right choice"),
      ("", "the file holds no questions"),
      ("\"Why?,1,2,3,4,E\n", "line 1: the quote that opens here is never closed"),
    ])
  func layout(text: String, expected: String) throws {
    try write("test/tides_test.csv", text)
    let found = refusal(["tides"])
    #expect(found.contains("test/tides_test.csv") && found.contains(expected), "\(found)")
  }
}
