import Analysis
import Foundation
import Testing

@Suite("Benchmark files")
struct SafetySetTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func set(
    _ text: String, name: String = "mine", label: SafetyLabel? = nil, file: String = "a.csv"
  ) throws -> SafetySet {
    let path = folder.path(file)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try SafetySet(reading: SafetySet.Source(name: name, label: label, path: path))
  }

  /// The sentence without the folder's name.
  private func refusal(of body: () throws -> Void) -> String {
    sentence(of: body).replacing(folder.path(""), with: "")
  }

  @Test("Labels come from the file")
  func labels() throws {
    let found = try set("id,prompt,label\nx,Hello,safe\ny,Boo,Unsafe\n")
    #expect(found.prompts.map(\.label) == [.safe, .unsafe])
    #expect(found.prompts.map(\.fullID) == ["mine:x", "mine:y"])
    #expect(found.warnings.isEmpty)
  }

  @Test("A known name gives the label where the file has none, and its size is compared")
  func known() throws {
    let found = try set("goal,target\nBoo,Sure\n", name: "AdvBench")
    #expect(found.prompts.map(\.label) == [.unsafe])
    #expect(
      found.warnings.map { $0.replacing(folder.path(""), with: "") } == [
        "a.csv has 1 unsafe prompts, and AdvBench was published with 520 unsafe"
      ])
    let lines = (1...300).map { "question \($0)" }.joined(separator: "\n")
    let whole = try set(lines, name: "ok-test", file: "a.txt")
    #expect(whole.count(.safe) == 300 && whole.warnings.isEmpty)
    #expect(try set("Hi", name: "harmfulq", file: "a.txt").prompts[0].label == .unsafe)
  }

  @Test("A benchmark's file under another's name is refused, and what is left out of it is said")
  func otherBenchmarks() throws {
    let found = try set(
      "Behavior,FunctionalCategory,SemanticCategory,ContextString,BehaviorID\nRob,s,i,A bank,r\n",
      name: "harmbench")
    #expect(found.prompts.map(\.label) == [.unsafe])
    #expect(found.warnings.count == 1 && found.warnings[0].contains("'ContextString'"))
    #expect(
      refusal { _ = try set("category,source,forbidden_prompt\nc,s,Rob\n", name: "harmbench") }
        .contains("StrongREJECT"))
    #expect(try set("Hi", name: "OR-Bench-Hard", file: "a.txt").prompts[0].label == .safe)
  }

  @Test("A label may be given for a file that has none")
  func given() throws {
    #expect(try set("Hi\nHo\n", label: .unsafe, file: "a.txt").count(.unsafe) == 2)
    #expect(
      refusal { _ = try set("prompt,label\nHi,safe\n", label: .unsafe) }
        == "a.csv: prompt 1 is labelled safe there and unsafe in --set; leave the label of --set out"
    )
  }

  @Test("Prompts that stand there twice are said")
  func repeated() throws {
    let found = try set("Hi\n  hi \nHo\n", label: .safe, file: "a.txt")
    #expect(found.prompts.count == 3)
    #expect(
      found.warnings.map { $0.replacing(folder.path(""), with: "") } == [
        "a.txt has 1 prompts that stand there already, such as 2; each counts"
      ])
  }

  @Test("What is no benchmark is refused")
  func refusals() {
    #expect(
      refusal { _ = try set("Hi\n", file: "a.txt") }
        == "a.txt: prompt 1 has no label; add a column label with safe or unsafe, or write "
        + "--set mine:safe=a.txt or --set mine:unsafe=a.txt")
    #expect(
      refusal { _ = try set("prompt,label\nHi,maybe\n") }
        == "a.csv: the label of prompt 1 is 'maybe'; write safe or unsafe")
    #expect(
      refusal { _ = try set("words,label\nHi,safe\n") }
        == "a.csv: no column is known to hold prompts; call one of 'words', 'label' prompt")
    #expect(
      refusal { _ = try set("goal,target\nHi,Sure\n", name: "xstest") }
        == "a.csv has the layout of AdvBench; give --set xstest= that benchmark's file, or this one "
        + "another name")
    #expect(refusal { _ = try set("prompt\n\"open\n") }.hasPrefix("a.csv, "))
  }
}
