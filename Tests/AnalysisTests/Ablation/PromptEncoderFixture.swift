import ModelLibrary

/// Prompts in a model's chat template.
struct PromptEncoderFixture {
  private let encoder: PromptEncoder

  init(_ model: LanguageModel) throws {
    encoder = try PromptEncoder(model: model, format: PromptFormat())
  }

  func tokens(_ prompt: String) throws -> [Int32] { try encoder.encode(prompt).tokens }
}
