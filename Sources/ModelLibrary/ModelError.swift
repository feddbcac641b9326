import Checkpoints
import ChatTemplates
import StrictJSON
import Tokenization

/// Why a model cannot be found, opened or given a prompt.
public enum ModelError: Error, Sendable, CustomStringConvertible {
  case notFound(name: String, folder: String, known: [String])
  case notFetched(name: String, folder: String, fetchable: [FetchableModel])
  case ambiguousName(name: String, candidates: [String])
  case ambiguousFolder(path: String, files: [String])
  case emptyFolder(path: String)
  case noSuchTag(name: String, tag: String?, candidates: [String])
  case notInHuggingFaceCache(name: String, folder: String)
  case unsupportedTokenizer(path: String, kind: String)
  case needlessPreTokenizer(path: String)
  case noChatTemplate(path: String)
  case noDefaultTemplate(path: String, names: [String])
  case needlessTemplateArguments
  case responseMergesWithPrompt(prompt: String, response: String)
  case emptyPrompt(prompt: String)
  case chatWithoutTemplate
  case twoSystemTexts
  case digest(path: String)
  case checkpoint(CheckpointError)
  case tokenizer(path: String, TokenizerError)
  case template(ChatTemplateError)

  public var description: String {
    switch self {
    case .notFound(let name, let folder, let known):
      "there is no file, folder or model called \(name.debugDescription); "
        + (known.isEmpty
          ? "\(folder) holds no models, so give a path, or fetch the default model with `make model`"
          : "give a path, or one of the models in \(folder): \(known.joined(separator: ", "))")
    case .notFetched(let name, let folder, let fetchable):
      "\(name) is not in \(folder) yet; fetch it with "
        + fetchable.map { "`\($0.command)` (\($0.byteCount / 1_000_000) MB)" }
        .joined(separator: " or ")
    case .ambiguousName(let name, let candidates):
      "\(name) fits several models; write one of \(candidates.joined(separator: ", ")) in full"
    case .ambiguousFolder(let path, let files):
      "\(path) holds several GGUF files; give the path of one of "
        + files.joined(separator: ", ")
    case .noSuchTag(let name, let tag, let candidates):
      (tag.map { "\(name):\($0) does not mean exactly one GGUF model of \(name); " }
        ?? "\(name) holds several GGUF models; ")
        + (candidates.isEmpty
          ? "give \(name) alone"
          : "give one of " + candidates.map { "\(name):\($0)" }.joined(separator: ", "))
    case .emptyFolder(let path):
      "\(path) holds neither config.json nor a .gguf file; give the path of a model"
    case .notInHuggingFaceCache(let name, let folder):
      "\(name) is neither a path nor in Hugging Face's cache \(folder); "
        + "fetch it with `hf download \(name)`, or give the folder it lies in"
    case .unsupportedTokenizer(let path, let kind):
      "\(path) has a tokenizer of kind \"\(kind)\", which this version cannot run; "
        + "use a model whose tokenizer.ggml.model is gpt2 (byte-level BPE) or llama (SentencePiece)"
    case .needlessPreTokenizer(let path):
      "\(path) says itself how it splits text into words; leave --pre-tokenizer out, which is for "
        + "GGUF files whose tokenizer.ggml.model is gpt2"
    case .noChatTemplate(let path):
      "\(path) carries no chat template; use a model that does, or a command that has --raw, which "
        + "runs prompts as they are"
    case .noDefaultTemplate(let path, let names):
      "\(path) has chat templates named \(names.map(quoted).joined(separator: ", ")) and none named "
        + "\"default\"; write the one to use into its file chat_template.jinja, or give --raw where the "
        + "command has it, which runs prompts as they are"
    case .needlessTemplateArguments:
      "--template-arg gives values to the chat template, which --raw leaves out; drop one"
    case .responseMergesWithPrompt(let prompt, let response):
      "the response \(response.debugDescription) merges with the end of the prompt "
        + "\(prompt.debugDescription) into common tokens, so the query end has no token of its own; "
        + "begin the response with another character"
    case .emptyPrompt(let prompt):
      "the prompt \(prompt.debugDescription) has no tokens; write one or remove it"
    case .chatWithoutTemplate:
      "the chat has several turns, which only a chat template makes into text; leave out --raw"
    case .twoSystemTexts:
      "the chat begins with a system text and another was given; take one of them away"
    case .digest(let path): "OpenSSL could not compute the SHA-256 of \(path)"
    case .checkpoint(let error): error.description
    case .tokenizer(let path, let error):
      // Errors of a vocabulary name their file themselves.
      error.description.contains(path) ? error.description : "\(path): \(error)"
    case .template(let error): error.description
    }
  }
}
