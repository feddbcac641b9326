/// Hidden states of prompts at `resid_post`, handed out a few prompts at a time.
public protocol StateSource {
  /// Where the states come from, for errors and outputs.
  var name: String { get }
  /// The blocks that can be asked for, ascending.
  var layers: [Int] { get }
  /// The positions' names; empty where every token is read.
  var positionNames: [String] { get }
  var prompts: [StatePrompt] { get }

  /// The states `[layer][row, dModel]` of consecutive prompts, rows in the order prompt, position.
  ///
  /// `progress` gets the share of the work that is done, in 0...1.
  func states(
    of prompts: Range<Int>, layers: [Int], shouldStop: @escaping @Sendable () -> Bool,
    progress: (Double) -> Void
  ) throws(AnalysisError) -> [[Float]]
}

/// A prompt whose hidden states are read.
public struct StatePrompt: Hashable, Sendable {
  public var id: String
  public var label: String
  public var text: String
  /// The token ids of the whole sequence, template included.
  public var tokens: [Int32]
  /// The indices of the tokens that are read.
  public var positions: [Int]

  public init(id: String, label: String, text: String, tokens: [Int32], positions: [Int]) {
    self.id = id
    self.label = label
    self.text = text
    self.tokens = tokens
    self.positions = positions
  }
}
