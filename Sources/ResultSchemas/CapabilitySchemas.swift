/// The signs of steering of a task's items.
public struct SignsSchema: Hashable, Sendable {
  /// +1 towards refusal, -1 away from it.
  public let sigma: DatasetSchema
  /// s_q; absent where the sign does not come from it.
  public let score: DatasetSchema

  fileprivate init(along axis: String) {
    sigma = DatasetSchema(
      "sigma", [axis], .integers, "sign of the steering: +1 towards refusal, -1 away from it")
    score = DatasetSchema(
      "score", [axis], .doubles, "s_q, the mean of the cosines over the layer set L")
  }
}

/// The group `mmlu`: questions of several choices, unsteered and steered.
public enum MMLUSchema: GroupSchema {
  public static let group = "mmlu"

  public static let variant = DatasetSchema(
    "variant", ["variant"], .texts, "unsteered or steered")
  public static let letter = DatasetSchema(
    "letter", ["letter"], .texts, "letter of a choice")
  public static let letterToken = DatasetSchema(
    "letter_token", ["letter"], .integers, "token that stands for the letter")
  public static let letterText = DatasetSchema(
    "letter_text", ["letter"], .texts, "the token's text")
  public static let row = DatasetSchema(
    "row", ["row"], .texts, "subject, group of subjects, or all")
  public static let rowKind = DatasetSchema(
    "row_kind", ["row"], .texts, "which of these the row is")
  public static let rowQuestions = DatasetSchema(
    "row_questions", ["row"], .integers, "questions of the row")
  public static let accuracy = DatasetSchema(
    "accuracy", ["row", "variant"], .doubles, "share of questions answered right")
  public static let standardError = DatasetSchema(
    "standard_error", ["row", "variant"], .doubles,
    "standard error of the accuracy; NaN for one question")
  public static let subject = DatasetSchema(
    "subject", ["question"], .texts, "subject of the question")
  public static let number = DatasetSchema(
    "number", ["question"], .integers, "number of the question in its file, from 0")
  public static let shots = DatasetSchema(
    "shots", ["question"], .integers, "examples shown before the question")
  public static let answer = DatasetSchema(
    "answer", ["question"], .integers, "index of the right letter")
  public static let logProbability = DatasetSchema(
    "log_probability", ["question", "variant", "letter"], .doubles,
    "log probability of the letter's token among all tokens", unit: "nats")
  public static let chosen = DatasetSchema(
    "chosen", ["question", "variant"], .integers, "index of the likeliest letter")
  public static let signs = SignsSchema(along: "question")

  public static let datasets = [
    variant, letter, letterToken, letterText, row, rowKind, rowQuestions, accuracy, standardError,
    subject, number, shots, answer, logProbability, chosen, signs.sigma, signs.score,
  ]
}

/// The group `perplexity`: how well texts are predicted, unsteered and steered.
public enum PerplexitySchema: GroupSchema {
  public static let group = "perplexity"

  public static let variant = DatasetSchema(
    "variant", ["variant"], .texts, "unsteered or steered")
  public static let text = DatasetSchema(
    "text", ["text"], .texts, "name of the text")
  public static let textPath = DatasetSchema(
    "text_path", ["text"], .texts, "file of the text")
  public static let format = DatasetSchema(
    "format", ["text"], .texts, "how the model read the text")
  public static let tokens = DatasetSchema(
    "tokens", ["text"], .integers, "tokens read")
  public static let words = DatasetSchema(
    "words", ["text"], .integers, "words read")
  public static let bytes = DatasetSchema(
    "bytes", ["text"], .integers, "bytes read", unit: "byte")
  public static let tokenPerplexity = DatasetSchema(
    "token_perplexity", ["text", "variant"], .doubles, "perplexity per token")
  public static let wordPerplexity = DatasetSchema(
    "word_perplexity", ["text", "variant"], .doubles, "perplexity per word; NaN for a chat")
  public static let bytePerplexity = DatasetSchema(
    "byte_perplexity", ["text", "variant"], .doubles, "perplexity per byte; NaN for a chat")
  public static let bitsPerByte = DatasetSchema(
    "bits_per_byte", ["text", "variant"], .doubles, "bits per byte; NaN for a chat", unit: "bit")
  public static let windowText = DatasetSchema(
    "window_text", ["window"], .integers, "place of the window's text")
  public static let windowFirst = DatasetSchema(
    "window_first", ["window"], .integers, "first token of the window in the text")
  public static let windowScored = DatasetSchema(
    "window_scored", ["window"], .integers, "tokens of the window that are scored")
  public static let windowLoss = DatasetSchema(
    "window_loss", ["window", "variant"], .doubles, "sum of the tokens' losses", unit: "nats")
  public static let signs = SignsSchema(along: "window")

  public static let datasets = [
    variant, text, textPath, format, tokens, words, bytes, tokenPerplexity, wordPerplexity,
    bytePerplexity, bitsPerByte, windowText, windowFirst, windowScored, windowLoss, signs.sigma,
    signs.score,
  ]
}

/// The group `speed`: how fast answers are generated, unsteered and steered.
public enum SpeedSchema: GroupSchema {
  public static let group = "speed"

  public static let variant = DatasetSchema(
    "variant", ["variant"], .texts, "unsteered or steered")
  public static let rows = DatasetSchema(
    "rows", ["rows"], .integers, "answers generated at once")
  public static let decodeRate = DatasetSchema(
    "decode_rate", ["rows", "variant"], .doubles, "median tokens per second of generating",
    unit: "s-1")
  public static let wholeRate = DatasetSchema(
    "whole_rate", ["rows", "variant"], .doubles,
    "median tokens per second, the prompts' time counted", unit: "s-1")
  public static let peakBytes = DatasetSchema(
    "peak_bytes", ["rows", "variant"], .doubles, "median of the largest memory", unit: "byte")
  public static let runRows = DatasetSchema(
    "run_rows", ["run"], .integers, "answers at once in the run")
  public static let runRound = DatasetSchema(
    "run_round", ["run"], .integers, "round of the run, from 0")
  public static let runVariant = DatasetSchema(
    "run_variant", ["run"], .integers, "place of the run's variant")
  public static let runTokens = DatasetSchema(
    "run_tokens", ["run"], .integers, "tokens generated")
  public static let runPeakBytes = DatasetSchema(
    "run_peak_bytes", ["run"], .integers, "largest memory", unit: "byte")
  public static let runPromptSeconds = DatasetSchema(
    "run_prompt_seconds", ["run"], .doubles, "time for the prompts", unit: "s")
  public static let runDecodeSeconds = DatasetSchema(
    "run_decode_seconds", ["run"], .doubles, "time for the answers", unit: "s")

  public static let datasets = [
    variant, rows, decodeRate, wholeRate, peakBytes, runRows, runRound, runVariant, runTokens,
    runPeakBytes, runPromptSeconds, runDecodeSeconds,
  ]
}

/// The group `summaries`: summaries of documents beside given ones, unsteered and steered.
public enum SummariesSchema: GroupSchema {
  public static let group = "summaries"

  private static let mean = ["variant", "measure"]
  private static let each = ["document", "variant", "measure"]

  public static let variant = DatasetSchema(
    "variant", ["variant"], .texts, "unsteered or steered")
  public static let measure = DatasetSchema(
    "measure", ["measure"], .texts, "ROUGE-1, ROUGE-2 or ROUGE-L")
  public static let meanPrecision = DatasetSchema(
    "mean_precision", mean, .doubles, "mean precision, 0 to 1")
  public static let meanRecall = DatasetSchema(
    "mean_recall", mean, .doubles, "mean recall, 0 to 1")
  public static let meanF = DatasetSchema(
    "mean_f", mean, .doubles, "mean F measure, 0 to 1")
  public static let document = DatasetSchema(
    "document", ["document"], .texts, "id of the document")
  public static let reference = DatasetSchema(
    "reference", ["document"], .texts, "the given summary")
  public static let cut = DatasetSchema(
    "cut", ["document"], .truths, "whether the document was too long and its end was left out")
  public static let summary = DatasetSchema(
    "summary", ["document", "variant"], .texts, "the model's summary")
  public static let refused = DatasetSchema(
    "refused", ["document", "variant"], .truths, "whether the summary is a refusal")
  public static let precision = DatasetSchema(
    "precision", each, .doubles, "precision, 0 to 1")
  public static let recall = DatasetSchema(
    "recall", each, .doubles, "recall, 0 to 1")
  public static let f = DatasetSchema(
    "f", each, .doubles, "F measure, 0 to 1")
  public static let signs = SignsSchema(along: "document")

  public static let datasets = [
    variant, measure, meanPrecision, meanRecall, meanF, document, reference, cut, summary, refused,
    precision, recall, f, signs.sigma, signs.score,
  ]
}
