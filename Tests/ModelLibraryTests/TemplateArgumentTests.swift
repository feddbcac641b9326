import ChatTemplates
import Foundation
import ModelLibrary
import TestSupport
import Testing

@Suite("Variables for chat templates")
struct TemplateArgumentTests {
  @Test("A value is JSON where it can be read as such, else text")
  func values() {
    func value(_ text: String) -> TemplateValue? { TemplateArgument(text)?.value }
    #expect(value("a=true") == .bool(true))
    #expect(value("a=3") == .int(3))
    #expect(value("a=0.5") == .float(0.5))
    #expect(value("a=null") == TemplateValue.none)
    #expect(value("a=26 Jul 2024") == .string("26 Jul 2024"))
    #expect(value("a=\"3\"") == .string("3"))
    #expect(value("a=b=c") == .string("b=c"))
    #expect(value("a=") == .string(""))
    #expect(value(#"a=["x",{"k":1}]"#) == .array([.string("x"), .object([.init("k", .int(1))])]))
    for text in ["", "a", "=3", "3a=1", "a b=1", "a-b=1"] { #expect(TemplateArgument(text) == nil) }
  }

  /// The tiny model with another template, as long as its own.
  private func model(
    template: String, arguments: [String] = [], in scratch: Scratch
  ) throws -> LanguageModel {
    var bytes = try ChatModel.bytes()
    let own = try #require(try ChatModel.open().chatTemplateSource)
    let padded = template + String(repeating: " ", count: own.utf8.count - template.utf8.count)
    bytes.replaceSubrange(
      try #require(bytes.firstRange(of: Array(own.utf8))), with: Array(padded.utf8))
    return try LanguageModel(
      path: scratch.write(bytes, to: UUID().uuidString + ".gguf"),
      templateArguments: arguments.compactMap { TemplateArgument($0) })
  }

  @Test("Without the template they do nothing, which is said")
  func raw() throws {
    let model = try model(
      template: "{{ messages[0].content }}", arguments: ["thinking=1"], in: Scratch())
    let error = #expect(throws: ModelError.self) {
      try PromptEncoder(model: model, format: PromptFormat(raw: true))
    }
    #expect(error?.description.contains("which --raw leaves out; drop one") == true)
  }

  @Test("The template sees them, the later of two, and they count in its digest")
  func seen() throws {
    let scratch = try Scratch()
    let template = "{{ thinking }}-{{ messages[0].content }}"
    func text(_ arguments: [String]) throws -> String {
      let model = try model(template: template, arguments: arguments, in: scratch)
      let encoded = try PromptEncoder(model: model, format: PromptFormat()).encode("Hi")
      return encoded.text.trimmingCharacters(in: .whitespaces)
    }
    #expect(try text(["thinking=false"]) == "False-Hi")
    #expect(try text(["thinking=1", "thinking=2"]) == "2-Hi")
    let digests = try [[], ["thinking=1"], ["thinking=2"]].map {
      try model(template: template, arguments: $0, in: scratch).chatTemplateSHA256()
    }
    #expect(Set(digests).count == 3)
  }

  @Test("A template that writes the date is known, unless the date is given")
  func date() throws {
    let scratch = try Scratch()
    let template = "{{ day if day else strftime_now('%d') }}{{ messages[0].content }}"
    #expect(try model(template: template, in: scratch).tellsDate)
    #expect(try !model(template: template, arguments: ["day=1"], in: scratch).tellsDate)
    #expect(try !ChatModel.open().tellsDate)
  }
}
