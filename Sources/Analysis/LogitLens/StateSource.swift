import ActivationStore

/// Hidden states of prompts at `resid_post`, handed out a few prompts at a time.
public protocol StateSource {
  /// Where the states come from, for errors and outputs.
  var name: String { get }
  /// The blocks that can be asked for, ascending.
  var layers: [Int] { get }
  /// The positions' names; empty where every token is read.
  var positionNames: [String] { get }
  /// The prompts; `positionTokens` are the indices of the tokens that are read.
  var prompts: [StoredPrompt] { get }

  /// The states `[layer][row, dModel]` of consecutive prompts, rows in the order prompt, position.
  ///
  /// `progress` gets the share of the work that is done, in 0...1.
  func states(
    of prompts: Range<Int>, layers: [Int], shouldStop: @escaping @Sendable () -> Bool,
    progress: (Double) -> Void
  ) throws(AnalysisError) -> [[Float]]
}
