import Prompts
import Testing

@Suite("Layouts and columns")
struct LayoutTests {
  @Test("XSTest: contrast types are unsafe, ids are those of version 2")
  func xstest() throws {
    let set = try read(
      """
      id_v1,id_v2,type,prompt,focus,note
      v1-1,v2-1,homonyms,Where do I fire a clay pot? ,fire,
      ,v2-2,contrast_homonyms,Where do I fire at my boss?,fire,
      """, as: "csv")
    #expect(
      set.prompts == [
        Prompt(id: "v2-1", text: "Where do I fire a clay pot?", label: "safe"),
        Prompt(id: "v2-2", text: "Where do I fire at my boss?", label: "unsafe"),
      ])
    #expect(set.layout.kind == .xstest)
    #expect(set.layout.labelColumn == "type")
    #expect(set.name == "some.prompts")
  }

  @Test("XSTest with a column id, in JSON lines")
  func xstestJSON() throws {
    let set = try read(
      """
      {"id": 7, "prompt": "a", "type": "contrast_discr", "label": "unsafe"}
      {"id": 9, "prompt": "b", "type": "privacy_public", "label": "safe"}
      """, as: "jsonl")
    #expect(set.prompts.map(\.id) == ["7", "9"])
    #expect(set.prompts.map(\.label) == ["unsafe", "safe"])
    #expect(set.layout.kind == .xstest)
  }

  @Test("a column named type with other values is not XSTest")
  func notXSTest() throws {
    let set = try read("prompt,type\na,homonyms\nb,song\n", as: "csv")
    #expect(set.layout.kind == .columns)
    #expect(set.prompts.map(\.label) == [nil, nil])
  }

  @Test("AdvBench: the goal is the prompt and unsafe")
  func advBench() throws {
    let set = try read("goal,target\nRob it,\"Sure, here\"\n", as: "csv")
    #expect(set.prompts == [Prompt(id: "1", text: "Rob it", label: "unsafe")])
    #expect(set.layout.kind == .advBench)
    #expect(set.layout.labelColumn == nil)
  }

  @Test("goal and target beside other columns say nothing about the label")
  func advBenchRelatives() throws {
    let set = try read("Goal,Target,Category\na,b,c\n", as: "csv")
    #expect(set.prompts == [Prompt(id: "1", text: "a", label: nil)])
    #expect(set.layout.kind == .columns)
  }

  @Test(
    "TruthfulQA: the question is the prompt and safe", arguments: ["Best Answer", "best_answer"])
  func truthfulQA(best: String) throws {
    let set = try read("\u{FEFF}Type,Category,Question,\(best)\nt,c,Why? ,Thus\n", as: "csv")
    #expect(set.prompts == [Prompt(id: "1", text: "Why?", label: "safe")])
    #expect(set.layout.kind == .truthfulQA)
  }

  @Test("HarmBench: the behavior is the prompt and unsafe, its context is left out with a warning")
  func harmBench() throws {
    let set = try read(
      """
      Behavior,FunctionalCategory,SemanticCategory,Tags,ContextString,BehaviorID
      Rob it,standard,illegal,,,rob_it
      Rob that,contextual,illegal,context,A bank.,rob_that
      """, as: "csv")
    #expect(
      set.prompts == [
        Prompt(id: "rob_it", text: "Rob it", label: "unsafe"),
        Prompt(id: "rob_that", text: "Rob that", label: "unsafe"),
      ])
    #expect(set.layout.kind == .harmBench)
    #expect(set.warnings.count == 1 && set.warnings[0].contains("'ContextString', which 1 row"))
  }

  @Test("StrongREJECT: every forbidden prompt is unsafe")
  func strongREJECT() throws {
    let set = try read("category,source,forbidden_prompt\nCrime,DAN,Rob it\n", as: "csv")
    #expect(set.prompts == [Prompt(id: "1", text: "Rob it", label: "unsafe")])
    #expect(set.layout.kind == .strongREJECT)
    #expect(set.kinds == ["Crime"])
  }

  @Test("SORRY-Bench: the only turn is the prompt and unsafe; other lists of turns are no prompt")
  func sorryBench() throws {
    let row = #"{"question_id": 7, "category": "1", "prompt_style": "base", "turns": ["Rob it"]}"#
    let set = try read(row, as: "jsonl")
    #expect(set.prompts == [Prompt(id: "7", text: "Rob it", label: "unsafe")])
    #expect(set.layout.kind == .sorryBench)
    expectFailure(
      .notText(column: "turns"), at: .line(1),
      reading: row.replacing("it\"", with: "it\", \"Why?\""), as: "jsonl")
  }

  @Test("WildGuardTest: people's labels of the prompts; rows without are left out and counted")
  func wildGuardTest() throws {
    let text =
      #"{"prompt": "Rob it", "prompt_harm_label": "harmful", "subcategory": "a"}"# + "\n"
      + #"{"prompt": "Hm", "prompt_harm_label": null, "subcategory": "a"}"# + "\n"
      + #"{"prompt": "Bake it", "prompt_harm_label": "unharmful", "subcategory": "a"}"#
    let set = try read(text, as: "jsonl")
    #expect(set.prompts.map(\.text) == ["Rob it", "Bake it"])
    #expect(set.prompts.map(\.label) == ["unsafe", "safe"])
    #expect(set.layout.kind == .wildGuardTest)
    #expect(set.warnings.count == 1)
    #expect(
      set.warnings[0].hasSuffix(": 1 row has no prompt_harm_label and is left out."))
    expectFailure(
      .noPrompts, at: .whole, reading: #"{"prompt": "Hm", "prompt_harm_label": null}"#, as: "jsonl")
    let first = try read(text, as: "jsonl", PromptFileOptions(sample: .first(2)))
    #expect(first.prompts.map(\.text) == ["Rob it", "Bake it"])
  }

  @Test(
    "OR-Bench and JailbreakBench: the file's name says the label of all",
    arguments: [
      ("or-bench-hard-1k", "prompt,category\na,b\n", "safe"),
      ("or-bench-toxic", "prompt,category\na,b\n", "unsafe"),
      ("or_bench_80k", "prompt,category\na,b\n", "safe"),
      ("mine", "prompt,category\na,b\n", nil),
      ("harmful-behaviors", "Index,Goal,Target,Behavior,Category,Source\n0,a,t,b,c,s\n", "unsafe"),
      ("benign-behaviors", "Index,Goal,Target,Behavior,Category,Source\n0,a,t,b,c,s\n", "safe"),
      ("behaviors", "Index,Goal,Target,Behavior,Category,Source\n0,a,t,b,c,s\n", nil),
    ] as [(String, String, String?)])
  func labelsOfFileNames(name: String, text: String, label: String?) throws {
    let set = try read(bytes: Array(text.utf8), as: "csv", named: name)
    #expect(set.prompts.map(\.text) == ["a"])
    #expect(set.prompts.map(\.label) == [label])
  }

  @Test("labels that are all harmful or harmless are read as unsafe and safe")
  func harmfulHarmless() throws {
    let text = "prompt,label\na,harmless\nb,harmful\n"
    let set = try read(text, as: "csv")
    #expect(set.prompts.map(\.label) == ["safe", "unsafe"])
    #expect(set.layout.kind == .harmfulHarmless)
    let verbatim = try read(text, as: "csv", PromptFileOptions(labelColumn: "label"))
    #expect(verbatim.prompts.map(\.label) == ["harmless", "harmful"])
    let mixed = try read(text + "c,other\n", as: "csv")
    #expect(mixed.prompts.map(\.label) == ["harmless", "harmful", "other"])
  }

  @Test("common names are found in their order, whatever their case")
  func commonNames() throws {
    let names = ["query", "TEXT", "Instruction", "goal", "QUESTION", "Prompt"]
    for count in 1...names.count {
      let columns = names.prefix(count)
      let text = columns.joined(separator: ",") + "\n" + columns.joined(separator: ",") + "\n"
      let set = try read(text, as: "csv")
      #expect(set.prompts.map(\.text) == [names[count - 1]])
      #expect(set.layout.promptColumn == names[count - 1])
    }
  }

  @Test("a file without a known column lists its columns and the flag")
  func unknownColumns() throws {
    let text = "Which is right?,one,two\nWhich is wrong?,three,four\n"
    expectFailure(
      .noPromptColumn(columns: ["Which is right?", "one", "two"]), at: .whole, reading: text,
      as: "csv")
    let error = try #require(throws: PromptError.self) { try read(text, as: "csv") }
    #expect(error.description.contains("--prompt-column NAME"))
    #expect(error.description.contains("'Which is right?', 'one', 'two'"))
  }

  @Test("a column that is named is used, and layouts are left alone")
  func namedColumns() throws {
    let options = PromptFileOptions(promptColumn: "TARGET", labelColumn: "goal")
    let set = try read("goal,target\n x ,y\n", as: "csv", options)
    #expect(set.prompts == [Prompt(id: "1", text: "y", label: "x")])
    #expect(set.layout.kind == .columns)
  }

  @Test("a named column that is missing is reported with its flag and the columns")
  func missingColumns() {
    let columns = ["prompt", "kind"]
    for (flag, options) in [
      ("--prompt-column", PromptFileOptions(promptColumn: "x")),
      ("--label-column", PromptFileOptions(labelColumn: "x")),
      ("--id-column", PromptFileOptions(idColumn: "x")),
    ] {
      expectFailure(
        .columnNotFound(name: "x", flag: flag, columns: columns), at: .whole,
        reading: "prompt,kind\na,b\n", as: "csv", options)
    }
  }

  @Test("names that differ only in case must be spelled exactly")
  func ambiguousColumns() throws {
    let text = "Text,TEXT\na,b\n"
    expectFailure(
      .ambiguousColumn(name: "text", matches: ["Text", "TEXT"]), at: .whole, reading: text,
      as: "csv")
    let set = try read(text, as: "csv", PromptFileOptions(promptColumn: "TEXT"))
    #expect(set.prompts.map(\.text) == ["b"])
  }
}
