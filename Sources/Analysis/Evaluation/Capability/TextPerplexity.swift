import Foundation
import ModelLibrary
import Prompts
import SteeringEngine

/// The perplexity of one text.
///
/// A text file is one text; of a JSONL file, the texts of its field `text` are joined by two line
/// feeds. A control token written in a text, such as `<unk>`, counts as that token.
public struct TextPerplexity: Sendable {
  /// How the model reads a text.
  public enum Format: String, CaseIterable, Sendable {
    /// As it is; see `TextWindows.init(rolling:prefix:size:)`.
    case plain
    /// As the SCANS paper does; see `TextWindows.init(chat:size:model:)`.
    case chat
  }

  /// How texts are read and cut.
  public struct Request: Hashable, Sendable {
    public var format: Format
    /// Tokens of a window; the model's context where that is shorter.
    public var window: Int
    /// How many of a text's first tokens count; all when nil.
    public var maxTokens: Int?

    public init(format: Format = .plain, window: Int = 1024, maxTokens: Int? = nil) {
      self.format = format
      self.window = window
      self.maxTokens = maxTokens
    }
  }

  /// The file's name without folder.
  public let name: String
  public let path: String
  public let format: Format
  /// Tokens of the text that are read.
  public let tokenCount: Int
  /// Words of their text, split at white space, and its UTF-8 bytes.
  public let (wordCount, byteCount): (Int, Int)
  let windows: [TextWindows.Window]
  private let tokens: [Int32]

  /// Reads and cuts the text at `path`.
  public init(
    path: String, model: LanguageModel, request: Request = Request()
  ) throws(AnalysisError) {
    self.path = path
    name = URL(fileURLWithPath: path).lastPathComponent
    format = request.format
    let text = try Self.read(path)
    do throws(ModelError) {
      let all = try model.plainTokens(of: text)
      tokens = Array(all.prefix(request.maxTokens ?? all.count))
      let part = tokens.count == all.count ? text : try model.text(of: tokens)
      wordCount = part.split(whereSeparator: \.isWhitespace).count
      byteCount = part.utf8.count
    } catch {
      throw .model(error)
    }
    tokenCount = tokens.count
    guard tokens.count > 1 else {
      throw .capability(.textTooShort(path: path, tokens: tokens.count))
    }
    let size = min(request.window, model.config.nCtx)
    let special = model.tokenizer.specialTokens
    windows =
      switch request.format {
      case .plain:
        TextWindows(rolling: tokens, prefix: special.bos ?? special.eos, size: size).windows
      case .chat: try TextWindows(chat: tokens, size: size, model: model).windows
      }
  }

  /// `[window]`: the text of each window, without any template.
  func windowTexts(_ model: LanguageModel) throws(AnalysisError) -> [String] {
    do throws(ModelError) {
      return try windows.map { (window) throws(ModelError) in
        try model.text(of: tokens[window.part])
      }
    } catch {
      throw .model(error)
    }
  }

  /// `[variant]`: the perplexity under each list of interventions; nil where it is not finite.
  func perplexities(
    under variants: [[Intervention]], engine: SteeringEngine, memoryBudget: Int,
    shouldStop: @escaping @Sendable () -> Bool
  ) throws(EngineError) -> [Double?] {
    let sequences = windows.flatMap { window in
      variants.map { window.sequence(under: $0) }
    }
    let losses = try engine.losses(
      of: sequences, targets: windows.flatMap { window in variants.map { _ in window.targets } },
      memoryBudget: memoryBudget, shouldStop: shouldStop)
    let scored = Double(windows.reduce(0) { $0 + $1.targets.count })
    return variants.indices.map { variant in
      stride(from: variant, to: losses.count, by: variants.count).map { losses[$0] }.sum
        .map { exp($0 / scored) }
    }
  }

  private static func read(_ path: String) throws(AnalysisError) -> String {
    do throws(PromptError) {
      let isLines = [".jsonl", ".json", ".jsonl.gz", ".json.gz"].contains {
        path.lowercased().hasSuffix($0)
      }
      guard isLines else { return try PlainText.read(path: path) }
      let options = PromptFileOptions(promptColumn: "text")
      return try PromptSet.read(path: path, options: options).prompts.map(\.text)
        .joined(separator: "\n\n")
    } catch {
      throw .prompts(error)
    }
  }
}

extension TextWindows.Window {
  /// The window as an input of the engine.
  func sequence(under interventions: [Intervention]) -> TokenSequence {
    TokenSequence(
      tokens: tokens, readPositions: Array(tokens.indices), interventions: interventions)
  }
}
