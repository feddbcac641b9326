import Foundation

/// All that a run of the benchmark found.
struct Report: Encodable {
  let machine: Machine
  let model: String
  var runs: [EngineRuns] = []
  /// The four products of a block on whole tiles, one thread beside the other.
  var blocks: [Rate] = []
  /// Products that oneDNN spreads over the threads itself.
  var oneDNNAlone: [Rate] = []
  var products: [Rate] = []
  var rowKernels: [Rate] = []
  var weights: [Rate] = []

  /// Writes `kernel_rates.json` and `kernel_rates.md` into `folder`.
  func write(to folder: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let target = URL(fileURLWithPath: folder)
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    try encoder.encode(self).write(to: target.appendingPathComponent("kernel_rates.json"))
    try Data(markdown.utf8).write(to: target.appendingPathComponent("kernel_rates.md"))
  }

  var markdown: String {
    var parts = ["# Rates of the engine's kernels", machineLines]
    if !runs.isEmpty { parts.append(runLines) }
    parts += [
      section(
        "A block's products alone",
        "The engine's tile of \(OneDNN.tileRows) rows, every thread calling oneDNN for itself; "
          + "weights packed once and shared by the threads, inputs and outputs in cache.", blocks),
      section(
        "oneDNN with its own threads",
        "One call for many rows, which oneDNN cuts and spreads over the threads as it likes.",
        oneDNNAlone),
      section(
        "Products by shape and height", "Every thread calls oneDNN for itself.", products),
      section(
        "Row kernels",
        "GB/s counts the bytes that a kernel reads and writes. The precision is that of the "
          + "product that reads the result.", rowKernels),
      section(
        "Weights", "Slices of weight rows, as the engine unpacks and packs them.", weights),
    ]
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var machineLines: String {
    """
    - CPU: \(machine.cpu), \(machine.cores) cores, \(machine.memoryGiB) GiB; \
    \(machine.instructionSets.joined(separator: " "))
    - system: \(machine.system); load average at the start: \(machine.loadAverage)
    - oneDNN \(machine.oneDNN), commit \(machine.commit), \(machine.threads) threads
    - model: \(model)
    - date: \(machine.date)
    - command: `\(machine.command)`

    Times are of one call on one thread while all threads do the same: median, 95th percentile and
    minimum of \(blocks.first?.time.seconds.count ?? 0) samples after a warm-up. Rates are of all \
    threads together, at the median.
    """
  }

  private var runLines: String {
    let header = """
      ## Whole runs

      Every layer's `resid_post` at the last position, from tokens in memory to rows in memory: \
      weights are unpacked and packed in this time, nothing is tokenised or written. "Alone" is \
      the rate of a block's products by themselves, measured after each run in turn; the ratio is \
      the median over the runs. Shares are of the time that the threads spend in kernels; "idle" is \
      the part of the threads' wall time in which they are in none.

      | precision | prompts | tokens | rows computed | median s | p95 s | min s | tokens/s \
      | products' share | GFLOP/s in runs | alone | ratio |
      |---|---|---|---|---|---|---|---|---|---|---|---|
      """
    let rows = runs.map { run in
      let cells = [
        run.precision, "\(run.prompts)", "\(run.tokens)", "\(run.rows)",
        number(run.time.median, 3), number(run.time.p95, 3), number(run.time.min, 3),
        number(run.tokensPerSecond, 0), percent(run.shares["product"] ?? 0),
        number(median(run.productRates), 0), number(median(run.aloneRates), 0),
        number(run.rateRatio, 2),
      ]
      return "| " + cells.joined(separator: " | ") + " |"
    }
    return ([header] + rows + [shareLines]).joined(separator: "\n")
  }

  private var shareLines: String {
    let names = runs.first.map { $0.shares.sorted { $0.value > $1.value }.map(\.key) } ?? []
    let lines = runs.map { run in
      let cells =
        [run.precision] + names.map { percent(run.shares[$0] ?? 0) } + [percent(run.idleShare)]
      return "| " + cells.joined(separator: " | ") + " |"
    }
    return """

      | precision | \(names.joined(separator: " | ")) | idle |
      |---|\(String(repeating: "---|", count: names.count + 1))
      \(lines.joined(separator: "\n"))
      """
  }

  private func section(_ title: String, _ text: String, _ rates: [Rate]) -> String {
    let rows = rates.map { rate in
      let cells = [
        rate.kernel, rate.shape, rate.precision, number(rate.time.median * 1e6, 1),
        number(rate.time.p95 * 1e6, 1), number(rate.time.min * 1e6, 1), number(rate.rate, 1),
        rate.unit,
      ]
      return "| " + cells.joined(separator: " | ") + " |"
    }
    return """
      ## \(title)

      \(text)

      | kernel | shape | precision | median µs | p95 µs | min µs | rate | unit |
      |---|---|---|---|---|---|---|---|
      \(rows.joined(separator: "\n"))
      """
  }

  private func number(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  private func percent(_ share: Double) -> String { number(100 * share, 1) + "%" }
}
