/// An interval for a share that was counted: Wilson's, which holds near 0 and 1 and for few cases.
///
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference" (1927).
///
/// - Parameters:
///   - hits: how often it happened.
///   - count: how often it could have; at least 1.
/// - Returns: the ends of the 95 % interval.
public func wilsonInterval(hits: Int, of count: Int) -> BootstrapInterval {
  precondition(count > 0 && (0...count).contains(hits), "some of several cases")
  // The standard normal distribution's quantile at 97.5 %.
  let z = 1.959963984540054
  let (n, share) = (Double(count), Double(hits) / Double(count))
  let scale = 1 + z * z / n
  let middle = (share + z * z / (2 * n)) / scale
  let half = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot() / scale
  // Rounding must not push an end past what a share can be, or past the share itself.
  return BootstrapInterval(
    low: hits == 0 ? 0 : min(max(middle - half, 0), share),
    high: hits == count ? 1 : max(min(middle + half, 1), share))
}
