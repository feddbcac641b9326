import Foundation
import ModelLibrary
import SteeringEngine
import Tokenization

/// The perplexity of a plain text, in windows that do not overlap.
///
/// Every token of a window but the first is scored, given those before it in the window; the model's
/// BOS, where it has one, begins every window. Perplexity is exp of the mean negative log-likelihood.
struct TextPerplexity: Sendable {
  /// Tokens of a window at most; the model's context where that is shorter.
  private static let windowTokens = 1024
  /// Rows that one run of the engine hands over at most.
  private static let rowsAtOnce = 65_536

  let windows: [[Int32]]
  private let path: String

  /// Reads and cuts the text at `path`.
  init(path: String, model: LanguageModel) throws(AnalysisError) {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw .ablation(.unreadableText(path: path, reason: error.localizedDescription))
    }
    let tokens: [Int32]
    do throws(TokenizerError) {
      tokens = try model.tokenizer.encode(text, parseSpecial: false)
    } catch {
      throw .model(.tokenizer(path: path, error))
    }
    let special = model.tokenizer.specialTokens
    let begin = special.addsBOS ? [special.bos].compactMap { $0 } : []
    let room = min(Self.windowTokens, model.config.nCtx) - begin.count
    windows = stride(from: 0, to: tokens.count, by: room).map {
      begin + tokens[$0..<min($0 + room, tokens.count)]
    }.filter { $0.count > 1 }
    guard !windows.isEmpty else {
      throw .ablation(.textTooShort(path: path, tokens: tokens.count))
    }
    self.path = path
  }

  /// Tokens of all windows.
  var tokenCount: Int { windows.reduce(0) { $0 + $1.count } }

  /// `[variant]`: the perplexity under each list of interventions.
  func perplexities(
    under variants: [[Intervention]], engine: SteeringEngine, memoryBudget: Int,
    shouldStop: @escaping @Sendable () -> Bool
  ) throws -> [Double?] {
    let atOnce = max(Self.rowsAtOnce / tokenCount, 1)
    return try stride(from: 0, to: variants.count, by: atOnce).flatMap { start in
      try run(
        Array(variants[start..<min(start + atOnce, variants.count)]), engine, memoryBudget,
        shouldStop)
    }
  }

  private func run(
    _ variants: [[Intervention]], _ engine: SteeringEngine, _ memoryBudget: Int,
    _ shouldStop: @escaping @Sendable () -> Bool
  ) throws -> [Double?] {
    let sequences = windows.flatMap { window in
      variants.map {
        TokenSequence(
          tokens: window, readPositions: Array(0..<window.count - 1), interventions: $0)
      }
    }
    let targets = sequences.flatMap { $0.tokens.dropFirst() }
    let losses = try engine.reduceScores(
      of: engine.lastRows(sequences, memoryBudget: memoryBudget, shouldStop: shouldStop),
      shouldStop: shouldStop
    ) { row, scores in
      TokenDistribution(scores).logSum - Double(scores[Int(targets[row])])
    }
    var sums = [Double?](repeating: 0, count: variants.count)
    var start = 0
    for (index, sequence) in sequences.enumerated() {
      let variant = index % variants.count
      for loss in losses[start..<start + sequence.readPositions.count] {
        sums[variant] = sums[variant].flatMap { sum in loss.map { sum + $0 } }
      }
      start += sequence.readPositions.count
    }
    let scored = Double(windows.reduce(0) { $0 + $1.count - 1 })
    return sums.map { sum in sum.map { exp($0 / scored) } }
  }
}

extension SteeringEngine {
  /// `[read, dModel]`: the last block's `resid_post` at the read positions of sequences, in order.
  func lastRows(
    _ sequences: [TokenSequence], memoryBudget: Int,
    shouldStop: @escaping @Sendable () -> Bool, progress: (Double) -> Void = { _ in }
  ) throws -> [Float] {
    let hooks = [HookPoint.residPost(config.nLayers - 1)]
    let plan = try plan(sequences, capturing: hooks, memoryBudget: memoryBudget)
    var rows: [Float] = []
    rows.reserveCapacity(sequences.reduce(0) { $0 + $1.readPositions.count } * config.dModel)
    try run(
      sequences, plan: plan, capturing: hooks, shouldStop: shouldStop, progress: progress
    ) { rows += $0.values }
    return rows
  }
}
