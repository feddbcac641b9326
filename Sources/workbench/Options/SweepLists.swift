import Analysis
import ArgumentParser

/// Strengths of steering, separated by commas, each once.
struct StrengthList: ExpressibleByArgument {
  let strengths: [Strength]

  init(_ strengths: [Strength]) { self.strengths = strengths }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let strengths = parts.compactMap { Strength(String($0)) }
    guard strengths.count == parts.count, Set(strengths).count == strengths.count else {
      return nil
    }
    self.strengths = strengths
  }

  var defaultValueDescription: String { strengths.map(\.description).joined(separator: ",") }
}

/// Signs of steering, separated by commas: +1 towards refusal, -1 away from it.
struct SignList: ExpressibleByArgument {
  let signs: [Int]

  init(_ signs: [Int]) { self.signs = signs }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let signs = parts.compactMap { parseSign(String($0)) }
    guard signs.count == parts.count, Set(signs).count == signs.count else { return nil }
    self.signs = signs
  }

  var defaultValueDescription: String {
    signs.map { $0 > 0 ? "+1" : "-1" }.joined(separator: ",")
  }
}

/// `+1` or `-1` as a number.
func parseSign(_ text: String) -> Int? {
  switch text {
  case "+1", "1": 1
  case "-1": -1
  default: nil
  }
}
