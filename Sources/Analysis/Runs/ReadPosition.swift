import ModelLibrary

/// A named position of a prompt.
public enum ReadPosition: String, CaseIterable, Sendable {
  /// The last token of the templated prompt, generation prompt included.
  case queryEnd = "query-end"
  /// The last token of the sequence: of the response, where one is appended.
  case last

  /// The index of the position's token in the prompt.
  func index(in prompt: EncodedPrompt) -> Int {
    switch self {
    case .queryEnd: prompt.queryEnd
    case .last: prompt.last
    }
  }
}

/// Which positions of every prompt are read.
public enum ReadPositions: Hashable, Sendable {
  case named([ReadPosition])
  /// Every token.
  case all

  func indices(in prompt: EncodedPrompt) -> [Int] {
    switch self {
    case .named(let positions): positions.map { $0.index(in: prompt) }
    case .all: Array(prompt.tokens.indices)
    }
  }
}
