import Foundation

/// The exact two-sided McNemar test of whether two methods are right equally often.
///
/// Of the examples that only one of the methods gets right, each is as likely to be the one's as the
/// other's if the methods are equally good; the result is the chance of a division at least as
/// uneven (McNemar, 1947, with the binomial distribution in place of its approximation).
///
/// - Parameters:
///   - onlyFirst: examples that only the first method gets right.
///   - onlySecond: examples that only the second one gets right.
/// - Returns: the p-value, in 0...1; 1 where the methods never differ.
/// - Complexity: O(min(onlyFirst, onlySecond)).
public func exactMcNemar(onlyFirst: Int, onlySecond: Int) -> Double {
  precondition(onlyFirst >= 0 && onlySecond >= 0, "counts are not negative")
  let count = Double(onlyFirst + onlySecond)
  let rarer = min(onlyFirst, onlySecond)
  guard onlyFirst != onlySecond else { return 1 }
  var tail = 0.0
  // Logarithms, since 2^-count is no number any more for some thousand examples.
  var logTerm = -count * log(2)
  for index in 0...rarer {
    tail += exp(logTerm)
    logTerm += log((count - Double(index)) / Double(index + 1))
  }
  return min(2 * tail, 1)
}
