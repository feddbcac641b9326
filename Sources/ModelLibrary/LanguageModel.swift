import ChatTemplates
import Checkpoints
import Tokenization

/// A model opened for use: weights, hyperparameters, tokenizer and chat template.
public struct LanguageModel: Sendable {
  /// The file's name without folder and extension.
  public let name: String
  public let path: String
  public let checkpoint: any Checkpoint
  public let tokenizer: any Tokenizer
  /// The source of the chat template, when the model carries one.
  public let chatTemplateSource: String?

  public var config: ModelConfig { checkpoint.config }

  /// Opens the model file at `path`; no weights are read.
  public init(path: String) throws(ModelError) {
    self.path = path
    let file = path.split(separator: "/").last ?? ""
    name = String(file.hasSuffix(".gguf") ? file.dropLast(5) : file)
    let gguf: GGUFCheckpoint
    do throws(CheckpointError) {
      gguf = try GGUFCheckpoint(path: path)
      chatTemplateSource = try gguf.file.metadata.stringIfPresent(for: "tokenizer.chat_template")
    } catch {
      throw .checkpoint(error)
    }
    checkpoint = gguf
    tokenizer = try GGUFTokenizer.open(gguf.file)
  }

  /// Compiles the chat template.
  public func chatTemplate() throws(ModelError) -> ChatTemplate {
    guard let source = chatTemplateSource else { throw .noChatTemplate(path: path) }
    do throws(ChatTemplateError) {
      return try ChatTemplate(source, name: "of \(path)")
    } catch {
      throw .template(error)
    }
  }
}
