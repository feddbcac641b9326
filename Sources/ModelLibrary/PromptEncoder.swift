import ChatTemplates
import Foundation
import Tokenization

/// An earlier turn of a chat: what the user said, and what the model is to have answered.
public struct ChatExchange: Sendable, Hashable {
  public var user: String
  public var assistant: String

  public init(user: String, assistant: String) {
    self.user = user
    self.assistant = assistant
  }
}

/// How a prompt becomes the text that a model reads.
public struct PromptFormat: Sendable, Hashable {
  /// The system message, when there is one.
  public var system: String?
  /// Turns between the system message and the prompt.
  public var examples: [ChatExchange]
  /// Text that is appended after the generation prompt, as if the model had begun to answer.
  public var response: String
  /// Whether the prompt is the whole text, without chat template.
  public var raw: Bool

  public init(
    system: String? = nil, examples: [ChatExchange] = [], response: String = "", raw: Bool = false
  ) {
    self.system = system
    self.examples = examples
    self.response = response
    self.raw = raw
  }
}

/// A prompt as the model reads it.
public struct EncodedPrompt: Sendable, Hashable {
  /// The rendered text, response included.
  public var text: String
  public var tokens: [Int32]
  /// The index of the last token of the templated prompt, generation prompt included (`a_p`).
  public var queryEnd: Int
  /// The index of the last token: of the response where there is one (`a_e`), else `queryEnd`.
  public var last: Int { tokens.count - 1 }
}

/// Turns prompts into tokens in a model's own format.
///
/// A rendered template is tokenized as it is: a BOS token comes from the template or not at all, as
/// with Hugging Face's `apply_chat_template`. Raw text gets BOS where the model asks for it and the
/// text does not already begin with it.
public struct PromptEncoder: Sendable {
  /// A text that no template ends with by itself, as it may with a user's.
  private static let probe = "where does the query end"

  private let model: LanguageModel
  private let template: ChatTemplate?
  private let format: PromptFormat
  /// Whether the chat template marks the query's end, by text after that of the user; true for raw
  /// text, whose end is the query's.
  public let marksQueryEnd: Bool

  /// Compiles the model's template, unless the format does without.
  public init(model: LanguageModel, format: PromptFormat) throws(ModelError) {
    guard !format.raw || model.templateArguments.isEmpty else { throw .needlessTemplateArguments }
    self.model = model
    self.format = format
    template = format.raw ? nil : try model.chatTemplate()
    marksQueryEnd =
      try template.map { (template) throws(ModelError) in
        !(try Self.render(Self.probe, with: template, format, of: model))
          .ends(withWordsOf: Self.probe)
      } ?? true
  }

  /// The tokens of one prompt, and where its query ends; `earlier` is what was said before it.
  public func encode(
    _ prompt: String, after earlier: [(role: String, text: String)] = []
  ) throws(ModelError) -> EncodedPrompt {
    let query = try render(prompt, after: earlier)
    let queryTokens = try tokenize(query)
    guard !queryTokens.isEmpty else { throw .emptyPrompt(prompt: prompt) }
    guard !format.response.isEmpty else {
      return EncodedPrompt(text: query, tokens: queryTokens, queryEnd: queryTokens.count - 1)
    }
    let text = query + format.response
    let tokens = try tokenize(text)
    guard tokens.count > queryTokens.count, tokens.starts(with: queryTokens) else {
      throw .responseMergesWithPrompt(prompt: prompt, response: format.response)
    }
    return EncodedPrompt(text: text, tokens: tokens, queryEnd: queryTokens.count - 1)
  }

  private func render(
    _ prompt: String, after earlier: [(role: String, text: String)]
  ) throws(ModelError) -> String {
    guard let template else {
      guard earlier.isEmpty else { throw .chatWithoutTemplate }
      return prompt
    }
    let messages = earlier.map { ChatMessage(role: $0.role, content: $0.text) }
    return try Self.render(prompt, after: messages, with: template, format, of: model)
  }

  private static func render(
    _ prompt: String, after earlier: [ChatMessage] = [], with template: ChatTemplate,
    _ format: PromptFormat, of model: LanguageModel
  ) throws(ModelError) -> String {
    var (messages, earlier): ([ChatMessage], ArraySlice<ChatMessage>) = ([], earlier[...])
    if let first = earlier.first, first.role == "system" {
      guard format.system == nil else { throw .twoSystemTexts }
      messages.append(first)
      earlier.removeFirst()
    }
    if let system = format.system {
      messages.append(ChatMessage(role: "system", content: system))
    }
    for exchange in format.examples {
      messages.append(ChatMessage(role: "user", content: exchange.user))
      messages.append(ChatMessage(role: "assistant", content: exchange.assistant))
    }
    messages += earlier
    messages.append(ChatMessage(role: "user", content: prompt))
    return try model.render(messages, with: template)
  }

  private func tokenize(_ text: String) throws(ModelError) -> [Int32] {
    do throws(TokenizerError) {
      return try model.tokenizer.encode(text, addingBOS: format.raw ? .asModel : .never)
    } catch {
      throw .tokenizer(path: model.path, error)
    }
  }
}

extension String {
  /// Whether the text ends with `other`, white space at either end aside.
  fileprivate func ends(withWordsOf other: String) -> Bool {
    trimmingCharacters(in: .whitespacesAndNewlines)
      .hasSuffix(other.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
