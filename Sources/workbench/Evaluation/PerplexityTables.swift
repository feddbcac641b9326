import ActivationStore
import Analysis

/// What `workbench eval perplexity` prints and writes.
struct PerplexityTables {
  private let found: PerplexityFindings
  private let task: CapabilityTask
  private let window: Int

  init(_ found: PerplexityFindings, task: CapabilityTask, window: Int) {
    self.found = found
    self.task = task
    self.window = window
  }

  private var isChat: Bool { found.texts.contains { $0.format == .chat } }

  private var rows: [(text: PerplexityFindings.Text, variant: String, PerplexityFindings.Figures)] {
    found.texts.flatMap { text in
      found.variants.enumerated().map { (text, $1, text.figures(variant: $0)) }
    }
  }

  var attributes: [String: ResultValue] {
    task.attributes.merging([
      "window": .integer(window), "steered_positions": .text(isChat ? "query-end" : "all"),
    ]) { $1 }
  }

  var csv: (header: [String], rows: [[String]]) {
    (
      [
        "text", "format", "variant", "tokens", "words", "bytes", "token_perplexity",
        "word_perplexity", "byte_perplexity", "bits_per_byte",
      ],
      rows.map { text, variant, figures in
        [text.name, text.format.rawValue, variant]
          + [text.tokens, text.words, text.bytes].map(String.init)
          + [
            figures.tokenPerplexity, figures.wordPerplexity, figures.bytePerplexity,
            figures.bitsPerByte,
          ].map { $0.map { "\($0)" } ?? "" }
      }
    )
  }

  var json: [PerplexityJSON] {
    rows.map { text, variant, figures in
      PerplexityJSON(
        text: text.name, format: text.format.rawValue, variant: variant, tokens: text.tokens,
        words: text.words, bytes: text.bytes, figures: figures)
    }
  }

  var table: TitledTable {
    TitledTable(
      title:
        "\(task.model.name), \(isChat ? "chunks as a chat" : "plain text"), "
        + "perplexity in windows of \(window) tokens"
        + task.steeringLine(isChat ? "from the query end on" : "at all positions"),
      header: [
        "text", "", "tokens", "words", "per token", "per word", "per byte", "bits per byte",
      ],
      rows: rows.map { text, variant, figures in
        [
          text.name, variant, "\(text.tokens)", "\(text.words)",
          decimals(figures.tokenPerplexity), figures.wordPerplexity.map { decimals($0) } ?? "-",
          figures.bytePerplexity.map { decimals($0) } ?? "-",
          figures.bitsPerByte.map { decimals($0) } ?? "-",
        ]
      }, firstNumber: 2)
  }
}

/// A text's perplexities as JSON.
struct PerplexityJSON: Encodable {
  let text: String
  let format: String
  let variant: String
  let tokens: Int
  let words: Int
  let bytes: Int
  let figures: PerplexityFindings.Figures
}
