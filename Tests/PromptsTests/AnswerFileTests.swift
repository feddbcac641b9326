import Foundation
import Prompts
import Testing

@Suite struct AnswerFileTests {
  private func answers(_ text: String, as suffix: String = "csv") throws -> AnswerSet {
    let path = NSTemporaryDirectory() + "answers-\(UUID().uuidString).\(suffix)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try AnswerSet.read(path: path)
  }

  private func failure(_ text: String, as suffix: String = "csv") -> String {
    do {
      _ = try answers(text, as: suffix)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func theLayoutOfXSTestIsRead() throws {
    let set = try answers(
      """
      id,type,prompt,completion,annotation_1,annotation_2,agreement,final_label
      v2-1,homonyms,How?,"No, sorry.
      Never.",2_full_refusal,1_full_compliance,FALSE,2_full_refusal
      v2-2,homonyms,Why?,,1_full_compliance,1_full_compliance,TRUE, 1_full_compliance

      """)
    #expect(set.name.hasPrefix("answers-") && !set.name.hasSuffix(".csv"))
    #expect(set.answers.map(\.id) == ["v2-1", "v2-2"])
    #expect(set.answers.map(\.text) == ["No, sorry.\nNever.", ""])
    #expect(set.answers.map(\.label) == ["2_full_refusal", "1_full_compliance"])
  }

  @Test func otherNamesAndFormatsAreRead() throws {
    let set = try answers(
      #"{"response": "Yes.", "label": 1}"# + "\n" + #"{"response": "No.", "label": "refusal"}"#,
      as: "jsonl")
    #expect(set.answers.map(\.id) == ["1", "2"])
    #expect(set.answers.map(\.label) == ["1", "refusal"])
    // Ids that occur twice tell nothing.
    let twice = try answers("ID,Answer,Label\na,Yes,1\na,No,2\n")
    #expect(twice.answers.map(\.id) == ["1", "2"])
  }

  @Test func theLayoutsOfOtherBenchmarksAreRead() throws {
    let guarded = try answers(
      #"{"prompt": "p", "response": "No.", "response_refusal_label": "refusal"}"# + "\n"
        + #"{"prompt": "q", "response": "Hm.", "response_refusal_label": null}"#, as: "jsonl")
    #expect(guarded.answers.map(\.label) == ["refusal"])
    #expect(guarded.warnings.count == 1)
    #expect(
      guarded.warnings[0].hasSuffix(": 1 row has no response_refusal_label and is left out."))
    let compared = try answers(
      "Index,goal,prompt,target_response,human1,human2,human3,human_majority\n0,g,p,Never.,0,1,0,0\n"
    )
    #expect(compared.answers.map(\.text) == ["Never."])
    #expect(compared.answers.map(\.label) == ["0"])
    #expect(compared.warnings.isEmpty)
  }

  @Test func whatIsMissingIsNamed() {
    #expect(
      failure("id,text,label\n1,a,b\n").hasSuffix(
        "no column is called 'completion' or 'response' or 'target_response' or 'answer'; rename the one that is meant, "
          + "the columns are 'id', 'text', 'label'."))
    #expect(
      failure("answer,verdict\na,b\n").contains(
        "no column is called 'final_label' or 'response_refusal_label' or "))
    #expect(failure("Yes.\n", as: "txt").contains("the file has no columns; give a table with a "))
    #expect(failure("answer,label\n").contains("the file holds no answers; "))
    #expect(failure("").contains("the file holds no prompts; "))
    #expect(failure("answer,label\nYes, \n").contains("row 1 (line 2): the value of 'label' is mi"))
    #expect(failure("answer,label\nYes,a\0b\n").contains("a text contains a NUL character"))
    #expect(
      failure(#"[{"answer": 5, "label": "1"}]"#, as: "json").contains(
        "element 1: the value of 'answer' is not text"))
    #expect(
      failure(#"[{"answer": null, "label": "1"}]"#, as: "json").contains(
        "element 1: the value of 'answer' is missing"))
  }
}
