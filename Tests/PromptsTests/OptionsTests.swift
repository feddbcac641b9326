import Prompts
import Testing

@Suite("Options")
struct OptionsTests {
  @Test("a label map applies to the column that is named, or to the layout's own")
  func labelMap() throws {
    let map = try LabelMap(parsing: "bad*=unsafe,*=safe")
    let text = "prompt,kind\na,bad luck\nb,good\n"
    let options = PromptFileOptions(labelColumn: "kind", labelMap: map)
    #expect(try read(text, as: "csv", options).prompts.map(\.label) == ["unsafe", "safe"])
    let own = try read("prompt,label\na,bad\n", as: "csv", PromptFileOptions(labelMap: map))
    #expect(own.prompts.map(\.label) == ["unsafe"])
    let types = try LabelMap(parsing: "contrast_*=refuse,*=answer")
    let xstest = try read(
      "prompt,type\na,contrast_discr\n", as: "csv", PromptFileOptions(labelMap: types))
    #expect(xstest.prompts.map(\.label) == ["refuse"])
  }

  @Test("a label map without a label column is an error")
  func labelMapWithoutColumn() throws {
    let map = try LabelMap(parsing: "*=safe")
    expectFailure(
      .noLabelColumn(columns: ["goal", "target"]), at: .whole, reading: "goal,target\na,b\n",
      as: "csv", PromptFileOptions(labelMap: map))
  }

  @Test("a value that no pattern matches is named with its row")
  func unmatchedValue() throws {
    let options = PromptFileOptions(labelMap: try LabelMap(parsing: "x=safe"))
    expectFailure(
      .unmatchedLabel(value: "y", column: "Label"), at: .row(2, line: 3),
      reading: "prompt,Label\na,x\nb,y\n", as: "csv", options)
  }

  @Test("a missing label is nil, or an error where labels were asked for")
  func missingLabels() throws {
    let text = "prompt,label\na,x\nb, \n"
    #expect(try read(text, as: "csv").prompts.map(\.label) == ["x", nil])
    let map = try LabelMap(parsing: "*=safe")
    for options in [PromptFileOptions(labelColumn: "label"), PromptFileOptions(labelMap: map)] {
      expectFailure(
        .missingValue(column: "label"), at: .row(2, line: 3), reading: text, as: "csv", options)
    }
  }

  @Test("an empty prompt is an error with its row, stripped or not")
  func emptyPrompt() {
    for field in ["", "\"\"", " ", "\"\n\t\""] {
      for strip in [true, false] {
        expectFailure(
          .emptyPrompt, at: .row(2, line: 3), reading: "prompt,label\na,x\n\(field),y\n",
          as: "csv", PromptFileOptions(stripWhitespace: strip))
      }
    }
  }

  @Test("the first prompts are taken, at least one")
  func first() throws {
    let text = "prompt\na\nb\nc\n"
    for (count, expected) in [(1, ["a"]), (3, ["a", "b", "c"]), (Int.max, ["a", "b", "c"])] {
      let set = try read(text, as: "csv", PromptFileOptions(sample: .first(count)))
      #expect(set.prompts.map(\.text) == expected)
      #expect(set.draws.isEmpty)
    }
    for count in [0, -1, Int.min] {
      for sample in [PromptSample.first(count), .drawn(count, seed: 0)] {
        expectFailure(
          .invalidCount(count), at: .whole, reading: text, as: "csv",
          PromptFileOptions(sample: sample))
      }
    }
  }

  @Test(
    "a draw keeps the shares of labels and kinds, the order and the ids, and hangs on its seed",
    arguments: ["type", "kind", "category"])
  func draw(column: String) throws {
    // 60 safe of three kinds, 20 unsafe of two.
    let rows = (0..<80).map { row in
      row % 4 == 3 ? "u\(row),unsafe,k\(row % 8)" : "s\(row),safe,k\(row % 3)"
    }
    let text = "prompt,label,\(column)\n" + rows.map { $0 + "\n" }.joined()
    func drawn(_ count: Int, seed: UInt64) throws -> PromptSet {
      try read(text, as: "csv", PromptFileOptions(sample: .drawn(count, seed: seed)))
    }
    let sets = try (0..<20).map { try drawn(16, seed: $0) }
    for set in sets {
      #expect(set.prompts.count { $0.label == "safe" } == 12)
      for kind in ["k0", "k1", "k2"] {
        #expect(zip(set.prompts, set.kinds).count { $0.label == "safe" && $1 == kind } == 4)
      }
      let ids = set.prompts.compactMap { Int($0.id) }
      #expect(ids == ids.sorted() && Set(ids).count == 16)
      #expect(set.prompts.allSatisfy { $0.text.hasSuffix("\((Int($0.id) ?? 0) - 1)") })
    }
    #expect(Set(sets.map { $0.prompts.map(\.id) }).count == 20)
    #expect(try drawn(16, seed: 3).prompts == sets[3].prompts)
    #expect(sets[3].draws.first?.hasSuffix(": 16 of 80 prompts, drawn with seed 3") == true)
    let all = try drawn(99, seed: 1)
    #expect(all.prompts.count == 80 && all.draws.isEmpty)
  }

  @Test("a column named id is used if it can be, else ids are row numbers")
  func implicitIDs() throws {
    #expect(try read("id,prompt\n x ,a\ny,b\n", as: "csv").prompts.map(\.id) == ["x", "y"])
    for ids in [["x", "x"], ["x", ""]] {
      let set = try read("ID,prompt\n\(ids[0]),a\n\(ids[1]),b\n", as: "csv")
      #expect(set.prompts.map(\.id) == ["1", "2"])
      #expect(set.layout.idColumn == nil)
    }
  }

  @Test("an id column that is named must have different values in every row")
  func namedIDs() throws {
    let options = PromptFileOptions(idColumn: "key")
    let set = try read("key,prompt\nx,a\ny,b\n", as: "csv", options)
    #expect(set.prompts.map(\.id) == ["x", "y"])
    #expect(set.layout.idColumn == "key")
    expectFailure(
      .duplicateID("x", first: .row(1, line: 2)), at: .row(3, line: 4),
      reading: "key,prompt\nx,a\ny,b\nx,c\n", as: "csv", options)
    expectFailure(
      .missingValue(column: "key"), at: .row(2, line: 3), reading: "key,prompt\nx,a\n,b\n",
      as: "csv", options)
  }

  @Test("an error is one sentence with file, place and remedy")
  func sentence() throws {
    let error = try #require(throws: PromptError.self) {
      try read("prompt,label\n\"a\nb\",x\nc\n", as: "csv")
    }
    #expect(
      error.description.hasSuffix(
        "some.prompts.csv, row 2 (line 4): the row has 1 field but the header names 2; "
          + "add the missing ones or enclose a field that contains the delimiter in quotes."))
  }
}
