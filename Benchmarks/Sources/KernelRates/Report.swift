import Foundation

/// All that a run of the benchmark found.
struct Report: Encodable {
  let machine: Machine
  let model: String
  /// Samples of every measurement.
  let samples: Int
  var families: [FamilyRates] = []

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
    let parts = ["# Rates of the engine's kernels", machineLines, peakLines]
    return (parts + families.map(\.markdown)).joined(separator: "\n\n") + "\n"
  }

  private var machineLines: String {
    """
    - CPU: \(machine.cpu), \(machine.cores) cores, \(machine.memoryGiB) GiB
    - families of instruction sets: \(machine.instructionSets.joined(separator: ", ")); in use: \
    \(machine.instructionSetInUse)
    - system: \(machine.system); load average at the start: \(machine.loadAverage)
    - commit \(machine.commit), \(machine.threads) threads
    - model: \(model)
    - date: \(machine.date)
    - command: `\(machine.command)`

    Times are of one call on one thread while all threads do the same, until the slowest is done: \
    median, 95th percentile and minimum of \(samples) samples after a warm-up. Rates are of all \
    threads together, at the median.
    """
  }

  private var peakLines: String {
    let rows = families.map { family in
      [
        family.instructionSet, Markdown.number(family.peak.multiplyAdds, 0),
        Markdown.number(family.peak.reading, 1),
      ]
    }
    return """
      ## Peaks

      What all threads together do at most, the best sample of loops that do nothing else: \
      independent multiply-adds in float32 in registers, with the family's vectors, and reading \
      \(LargeMemory.coldBytes >> 20) MiB of memory. Percentages below are of these. Dot products of \
      bfloat16 pairs, which avx512-bf16 and amx-bf16 have, can go beyond the first.

      \(Markdown.table(["family", "multiply-adds, GFLOP/s", "reading, GB/s"], rows))
      """
  }
}
