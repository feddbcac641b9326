import Numerics
import Testing

@Suite("Wilson's interval")
struct WilsonIntervalTests {
  /// From statsmodels 0.15, `proportion_confint(hits, count, method="wilson")`.
  @Test(
    "The ends are those of statsmodels",
    arguments: [
      (5, 10, 0.2365930905, 0.7634069095), (0, 10, 0, 0.2775327999),
      (10, 10, 0.7224672001, 1), (1, 132, 0.0013385614, 0.0416634711),
    ])
  func reference(hits: Int, count: Int, low: Double, high: Double) {
    let interval = wilsonInterval(hits: hits, of: count)
    #expect(abs(interval.low - low) < 1e-9)
    #expect(abs(interval.high - high) < 1e-9)
  }
}
