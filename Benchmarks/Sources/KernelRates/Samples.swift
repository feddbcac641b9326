import SteeringEngine

/// Measured seconds, all kept, with the figures that tables show.
struct Samples: Encodable, Sendable {
  let seconds: [Double]
  let median: Double
  let p95: Double
  let min: Double

  init(_ seconds: [Double]) {
    let sorted = seconds.sorted()
    let count = sorted.count
    self.seconds = seconds
    median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    p95 = sorted[Swift.min(count - 1, Int((0.95 * Double(count)).rounded(.up)) - 1)]
    min = sorted[0]
  }
}

/// One line of a table of rates.
struct Rate: Encodable, Sendable {
  let kernel: String
  let shape: String
  /// That of the product which the kernel is, or works for; nil where it does not matter.
  let precision: String?
  /// Seconds of one call on one thread, while all threads do the same, until the slowest is done.
  let time: Samples
  /// Work of all threads per second, at the median.
  let rate: Double
  let unit: String
  /// The rate over the most that the machine could reach.
  let ofPeak: Double?

  /// Describes calls that each do `work` units on each of `threads` threads.
  init(
    kernel: String, shape: String, precision: Precision?, time: Samples, work: Double, threads: Int,
    unit: String, peak: Double? = nil
  ) {
    self.kernel = kernel
    self.shape = shape
    self.precision = precision?.rawValue
    self.time = time
    self.unit = unit
    let rate = work * Double(threads) / time.median
    self.rate = rate
    ofPeak = peak.map { rate / $0 }
  }
}
