import ArgumentParser
import Foundation
import ModelLibrary

struct Tokens: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a prompt's tokens as the model reads them, and which positions are read.",
    discussion: """
      EXAMPLE
        workbench tokens --model SmolLM2-135M-Instruct \\
          "How do I kill a Python process?"
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Format") var format: FormatOptions

  @Flag(help: "Print JSON.")
  var json = false

  @Argument(help: "The prompt.")
  var prompt: String

  func run() throws {
    let languageModel = try model.open()
    let encoded = try PromptEncoder(model: languageModel, format: format.format).encode(prompt)
    let rows = try encoded.tokens.enumerated().map { index, id in
      Row(
        index: index, id: id, piece: try languageModel.tokenizer.piece(of: id),
        positions: positions(at: index, in: encoded))
    }
    if json {
      try printJSON(TokenList(text: encoded.text, tokens: rows))
    } else {
      printTable(
        ["index", "id", "token", "position"],
        rows.map {
          ["\($0.index)", "\($0.id)", visible($0.piece), $0.positions.joined(separator: ", ")]
        }, rightAligned: [0, 1])
    }
  }

  private func positions(at index: Int, in prompt: EncodedPrompt) -> [String] {
    (index == prompt.queryEnd ? ["query-end"] : []) + (index == prompt.last ? ["last"] : [])
  }

  private struct TokenList: Encodable {
    let text: String
    let tokens: [Row]
  }

  private struct Row: Encodable {
    let index: Int
    let id: Int32
    let piece: String
    let positions: [String]
  }
}
