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

  @Test("a limit takes the first prompts and must be 1 or more")
  func limit() throws {
    let text = "prompt\na\nb\nc\n"
    for (limit, expected) in [(1, ["a"]), (3, ["a", "b", "c"]), (Int.max, ["a", "b", "c"])] {
      let set = try read(text, as: "csv", PromptFileOptions(limit: limit))
      #expect(set.prompts.map(\.text) == expected)
    }
    for limit in [0, -1, Int.min] {
      expectFailure(
        .invalidLimit(limit), at: .whole, reading: text, as: "csv",
        PromptFileOptions(limit: limit))
    }
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
