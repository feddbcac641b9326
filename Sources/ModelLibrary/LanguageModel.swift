import ChatTemplates
import Checkpoints
import Foundation
import Tokenization

/// A LoRA adapter to put on a model.
public struct AdapterSource: Sendable, Hashable {
  /// The adapter's folder.
  public var path: String
  /// The strength: 1 is the adapter as it was trained, 0 the model without it.
  public var scale: Double

  public init(path: String, scale: Double = 1) {
    self.path = path
    self.scale = scale
  }
}

/// A model opened for use: weights, hyperparameters, tokenizer and chat template.
public struct LanguageModel: Sendable {
  /// The name of the file without extension, or of the folder.
  public let name: String
  public let path: String
  /// The weights, adapters merged in.
  public let checkpoint: any Checkpoint
  public let adapters: [AdapterSource]
  public let tokenizer: any Tokenizer
  /// The tokens that end a generated text: end of sequence, end of turn.
  public let endTokens: Set<Int32>
  /// The source of the chat template, when the model carries one.
  public let chatTemplateSource: String?
  /// The names of its chat templates, where a model has a list of them.
  private let chatTemplateNames: [String]
  /// The rule that splits text into words, where it was given and not the file's own.
  public let preTokenizer: String?
  /// What the template sees beside the conversation, in the order that it was given.
  public let templateArguments: [TemplateArgument]

  public var config: ModelConfig { checkpoint.config }

  /// Opens the model at `path`, a GGUF file or a Hugging Face folder; no weights are read.
  ///
  /// `preTokenizer` is GGUF's name of the rule that splits text into words, for files that do not
  /// name theirs. Of two template arguments with one name the later counts.
  public init(
    path: String, adapters: [AdapterSource] = [], preTokenizer: String? = nil,
    templateArguments: [TemplateArgument] = []
  ) throws(ModelError) {
    self.path = path
    self.preTokenizer = preTokenizer
    self.templateArguments = templateArguments
    self.adapters = adapters
    name = Self.name(of: path)
    let base: any Checkpoint
    do throws(CheckpointError) { base = try openCheckpoint(path: path) } catch {
      throw .checkpoint(error)
    }
    if let gguf = base as? GGUFCheckpoint {
      tokenizer = try Self.tokenizer(of: gguf.files, preTokenizer: preTokenizer)
      let metadata = gguf.files.metadata
      do throws(CheckpointError) {
        endTokens = try EndTokens.of(metadata, tokenizer)
        chatTemplateSource = try metadata.stringIfPresent(for: "tokenizer.chat_template")
        chatTemplateNames = []
      } catch {
        throw .checkpoint(error)
      }
    } else {
      guard preTokenizer == nil else { throw .needlessPreTokenizer(path: path) }
      let files = try Self.tokenizer(ofFolder: path)
      (tokenizer, chatTemplateSource) = (files.tokenizer, files.chatTemplate)
      chatTemplateNames = files.chatTemplateNames
      endTokens = Set(files.endIDs)
    }
    checkpoint = try Self.adapt(base, adapters)
  }

  /// The text that the chat template makes of a conversation, up to where the model answers.
  func render(
    _ messages: [ChatMessage], with template: ChatTemplate, clock: TemplateClock = .now
  ) throws(ModelError) -> String {
    do throws(ChatTemplateError) {
      return try template.render(
        messages: messages, addGenerationPrompt: true, bosToken: tokenizer.bosToken,
        eosToken: tokenizer.eosToken,
        extra: Dictionary(templateArguments.map { ($0.name, $0.value) }) { $1 }, clock: clock)
    } catch {
      throw .template(error)
    }
  }

  /// Whether a prompt in the model's format depends on the day it is rendered on.
  ///
  /// The same command then gives other numbers tomorrow.
  public var tellsDate: Bool {
    guard let template = try? chatTemplate() else { return false }
    let question = [ChatMessage(role: "user", content: "What day is it?")]
    let texts = [1, 400].map { day in
      try? render(
        question, with: template,
        clock: TemplateClock(
          date: Date(timeIntervalSince1970: day * 86_400), timeZone: .gmt))
    }
    return texts[0] != texts[1]
  }

  /// The SHA-256 of the chat template, followed by its arguments where there are some; nil without one.
  public func chatTemplateSHA256() throws(ModelError) -> String? {
    guard let source = chatTemplateSource else { return nil }
    let arguments = templateArguments.map { "\n" + $0.text }
    return try FileDigest.sha256(of: source + arguments.joined())
  }

  /// Compiles the chat template.
  public func chatTemplate() throws(ModelError) -> ChatTemplate {
    guard let source = chatTemplateSource else {
      throw chatTemplateNames.isEmpty
        ? .noChatTemplate(path: path)
        : .noDefaultTemplate(path: path, names: chatTemplateNames)
    }
    do throws(ChatTemplateError) {
      return try ChatTemplate(source, name: "of \(path)")
    } catch {
      throw .template(error)
    }
  }

  /// The last part of the path; of a snapshot in Hugging Face's cache, the repository's name.
  private static func name(of path: String) -> String {
    if let repository = HuggingFaceCache.repository(ofSnapshot: path) { return repository }
    let last = String(path.split(separator: "/").last ?? "")
    if let part = GGUFPartName(path: last) { return part.base }
    return last.hasSuffix(".gguf") ? String(last.dropLast(5)) : last
  }

  /// The tokenizer of a GGUF model; `preTokenizer` counts more than what the file says.
  public static func tokenizer(
    of files: GGUFFiles, preTokenizer: String? = nil
  ) throws(ModelError) -> any Tokenizer {
    try GGUFTokenizer.open(files, preTokenizer: preTokenizer)
  }

  /// The tokenizer of a Hugging Face folder, with its chat template.
  public static func tokenizer(
    ofFolder path: String
  ) throws(ModelError) -> HuggingFaceTokenizer {
    do throws(TokenizerError) { return try HuggingFaceTokenizer(folder: path) } catch {
      throw .tokenizer(path: path, error)
    }
  }

  private static func adapt(
    _ base: any Checkpoint, _ sources: [AdapterSource]
  ) throws(ModelError) -> any Checkpoint {
    guard !sources.isEmpty else { return base }
    do throws(CheckpointError) {
      var adapters: [(adapter: LoRAAdapter, scale: Double)] = []
      for source in sources {
        adapters.append((try LoRAAdapter(path: source.path), source.scale))
      }
      return try AdaptedCheckpoint(base: base, adapters: adapters)
    } catch {
      throw .checkpoint(error)
    }
  }
}
