/// The signs of steering of a task's items.
public struct SignsSchema: Hashable, Sendable {
  /// +1 towards refusal, -1 away from it.
  public let sigma: DatasetSchema
  /// s_q; absent where the sign does not come from it.
  public let score: DatasetSchema

  fileprivate init(along axis: String) {
    sigma = DatasetSchema("sigma", [axis], .integers)
    score = DatasetSchema("score", [axis], .doubles)
  }
}

/// The group `mmlu`: questions of several choices, unsteered and steered.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `variant`, `letter` | variant, letter | UTF-8 | `unsteered`, `steered`; `A` to `D` |
/// | `letter_token`, `letter_text` | letter | int64, UTF-8 | the tokens that are compared |
/// | `row`, `row_kind` | row | UTF-8 | subjects, groups and `all`; which of these it is |
/// | `row_questions` | row | int64 | |
/// | `accuracy`, `standard_error` | row, variant | float64 | NaN where there is one question |
/// | `subject` | question | UTF-8 | |
/// | `number`, `shots`, `answer` | question | int64 | in its file; examples shown; the right letter's index |
/// | `log_probability` | question, variant, letter | float64 | among all tokens |
/// | `chosen` | question, variant | int64 | the likeliest letter's index |
/// | `sigma`, `score` | question | int64, float64 | where steered; s_q where the sign comes from it |
public enum MMLUSchema: GroupSchema {
  public static let group = "mmlu"

  public static let variant = DatasetSchema("variant", ["variant"], .texts)
  public static let letter = DatasetSchema("letter", ["letter"], .texts)
  public static let letterToken = DatasetSchema("letter_token", ["letter"], .integers)
  public static let letterText = DatasetSchema("letter_text", ["letter"], .texts)
  public static let row = DatasetSchema("row", ["row"], .texts)
  public static let rowKind = DatasetSchema("row_kind", ["row"], .texts)
  public static let rowQuestions = DatasetSchema("row_questions", ["row"], .integers)
  public static let accuracy = DatasetSchema("accuracy", ["row", "variant"], .doubles)
  public static let standardError = DatasetSchema("standard_error", ["row", "variant"], .doubles)
  public static let subject = DatasetSchema("subject", ["question"], .texts)
  public static let number = DatasetSchema("number", ["question"], .integers)
  public static let shots = DatasetSchema("shots", ["question"], .integers)
  public static let answer = DatasetSchema("answer", ["question"], .integers)
  public static let logProbability = DatasetSchema(
    "log_probability", ["question", "variant", "letter"], .doubles)
  public static let chosen = DatasetSchema("chosen", ["question", "variant"], .integers)
  public static let signs = SignsSchema(along: "question")

  public static let datasets = [
    variant, letter, letterToken, letterText, row, rowKind, rowQuestions, accuracy, standardError,
    subject, number, shots, answer, logProbability, chosen, signs.sigma, signs.score,
  ]
}

/// The group `perplexity`: how well texts are predicted, unsteered and steered.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `variant` | variant | UTF-8 | `unsteered`, and `steered` |
/// | `text`, `text_path`, `format` | text | UTF-8 | the texts, and how the model read them |
/// | `tokens`, `words`, `bytes` | text | int64 | what was read of each |
/// | `token_perplexity` | text, variant | float64 | |
/// | `word_perplexity`, `byte_perplexity`, `bits_per_byte` | text, variant | float64 | NaN for a chat |
/// | `window_text` | window | int64 | the place of its text |
/// | `window_first`, `window_scored` | window | int64 | its first token in the text, tokens scored |
/// | `window_loss` | window, variant | float64 | the sum of their losses in nats |
/// | `sigma`, `score` | window | int64, float64 | where steered; s_q where the sign comes from it |
public enum PerplexitySchema: GroupSchema {
  public static let group = "perplexity"

  public static let variant = DatasetSchema("variant", ["variant"], .texts)
  public static let text = DatasetSchema("text", ["text"], .texts)
  public static let textPath = DatasetSchema("text_path", ["text"], .texts)
  public static let format = DatasetSchema("format", ["text"], .texts)
  public static let tokens = DatasetSchema("tokens", ["text"], .integers)
  public static let words = DatasetSchema("words", ["text"], .integers)
  public static let bytes = DatasetSchema("bytes", ["text"], .integers)
  public static let tokenPerplexity = DatasetSchema(
    "token_perplexity", ["text", "variant"], .doubles)
  public static let wordPerplexity = DatasetSchema(
    "word_perplexity", ["text", "variant"], .doubles)
  public static let bytePerplexity = DatasetSchema(
    "byte_perplexity", ["text", "variant"], .doubles)
  public static let bitsPerByte = DatasetSchema("bits_per_byte", ["text", "variant"], .doubles)
  public static let windowText = DatasetSchema("window_text", ["window"], .integers)
  public static let windowFirst = DatasetSchema("window_first", ["window"], .integers)
  public static let windowScored = DatasetSchema("window_scored", ["window"], .integers)
  public static let windowLoss = DatasetSchema("window_loss", ["window", "variant"], .doubles)
  public static let signs = SignsSchema(along: "window")

  public static let datasets = [
    variant, text, textPath, format, tokens, words, bytes, tokenPerplexity, wordPerplexity,
    bytePerplexity, bitsPerByte, windowText, windowFirst, windowScored, windowLoss, signs.sigma,
    signs.score,
  ]
}

/// The group `speed`: how fast answers are generated, unsteered and steered.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `variant`, `rows` | variant, rows | UTF-8, int64 | `unsteered`, `steered`; answers at once |
/// | `decode_rate`, `whole_rate`, `peak_bytes` | rows, variant | float64 | medians: tokens/s, tokens/s with the prompts' time, bytes |
/// | `run_rows`, `run_round`, `run_variant` | run | int64 | which run, in the order in which they ran |
/// | `run_tokens`, `run_peak_bytes` | run | int64 | |
/// | `run_prompt_seconds`, `run_decode_seconds` | run | float64 | |
public enum SpeedSchema: GroupSchema {
  public static let group = "speed"

  public static let variant = DatasetSchema("variant", ["variant"], .texts)
  public static let rows = DatasetSchema("rows", ["rows"], .integers)
  public static let decodeRate = DatasetSchema("decode_rate", ["rows", "variant"], .doubles)
  public static let wholeRate = DatasetSchema("whole_rate", ["rows", "variant"], .doubles)
  public static let peakBytes = DatasetSchema("peak_bytes", ["rows", "variant"], .doubles)
  public static let runRows = DatasetSchema("run_rows", ["run"], .integers)
  public static let runRound = DatasetSchema("run_round", ["run"], .integers)
  public static let runVariant = DatasetSchema("run_variant", ["run"], .integers)
  public static let runTokens = DatasetSchema("run_tokens", ["run"], .integers)
  public static let runPeakBytes = DatasetSchema("run_peak_bytes", ["run"], .integers)
  public static let runPromptSeconds = DatasetSchema("run_prompt_seconds", ["run"], .doubles)
  public static let runDecodeSeconds = DatasetSchema("run_decode_seconds", ["run"], .doubles)

  public static let datasets = [
    variant, rows, decodeRate, wholeRate, peakBytes, runRows, runRound, runVariant, runTokens,
    runPeakBytes, runPromptSeconds, runDecodeSeconds,
  ]
}

/// The group `summaries`: summaries of documents beside given ones, unsteered and steered.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `variant`, `measure` | variant, measure | UTF-8 | `unsteered`, `steered`; `ROUGE-1`, ... |
/// | `mean_precision`, `mean_recall`, `mean_f` | variant, measure | float64 | in 0...1 |
/// | `document`, `reference` | document | UTF-8 | ids; the given summaries |
/// | `cut` | document | int64 | 1 where the document was too long and its end was left out |
/// | `summary` | document, variant | UTF-8 | |
/// | `refused` | document, variant | int64 | 1 where the summary is a refusal |
/// | `precision`, `recall`, `f` | document, variant, measure | float64 | in 0...1 |
/// | `sigma`, `score` | document | int64, float64 | where steered; s_q where the sign comes from it |
public enum SummariesSchema: GroupSchema {
  public static let group = "summaries"

  private static let mean = ["variant", "measure"]
  private static let each = ["document", "variant", "measure"]

  public static let variant = DatasetSchema("variant", ["variant"], .texts)
  public static let measure = DatasetSchema("measure", ["measure"], .texts)
  public static let meanPrecision = DatasetSchema("mean_precision", mean, .doubles)
  public static let meanRecall = DatasetSchema("mean_recall", mean, .doubles)
  public static let meanF = DatasetSchema("mean_f", mean, .doubles)
  public static let document = DatasetSchema("document", ["document"], .texts)
  public static let reference = DatasetSchema("reference", ["document"], .texts)
  public static let cut = DatasetSchema("cut", ["document"], .integers)
  public static let summary = DatasetSchema("summary", ["document", "variant"], .texts)
  public static let refused = DatasetSchema("refused", ["document", "variant"], .integers)
  public static let precision = DatasetSchema("precision", each, .doubles)
  public static let recall = DatasetSchema("recall", each, .doubles)
  public static let f = DatasetSchema("f", each, .doubles)
  public static let signs = SignsSchema(along: "document")

  public static let datasets = [
    variant, measure, meanPrecision, meanRecall, meanF, document, reference, cut, summary, refused,
    precision, recall, f, signs.sigma, signs.score,
  ]
}
