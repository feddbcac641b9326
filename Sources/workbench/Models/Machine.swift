import ArgumentParser
import SteeringEngine

struct Machine: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what of this machine is used, and how fast its matrix products are.",
    discussion: """
      EXAMPLE
        workbench machine
        WORKBENCH_ISA=avx2 workbench machine

      The peak is that of float32 fused multiply-adds that wait for nothing.
      """)

  @OptionGroup var threads: ThreadOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let facts = MachineFacts(try MachineRates.measure(threads: threads.count))
    if json { return try printJSON(facts) }
    for (name, value) in facts.lines { printLine(name.padding(to: 19) + value) }
  }
}

/// What ``Machine`` prints.
struct MachineFacts: Encodable {
  let version = Workbench.version
  let instructionSet: String
  let available: [String]
  let threads: Int
  /// GFLOP/s of all threads.
  let peak: Double
  let products: [String: Double]
  let screensAnswers: Bool

  init(_ rates: MachineRates) {
    instructionSet = rates.instructionSet.rawValue
    available = InstructionSet.available.map(\.rawValue)
    threads = rates.threads
    peak = rates.peak / 1e9
    products = Dictionary(
      uniqueKeysWithValues: rates.products.map { ($0.key.rawValue, $0.value / 1e9) })
    screensAnswers = rates.hasScreen
  }

  var lines: [(String, String)] {
    [
      ("workbench", version),
      ("instruction set", "\(instructionSet), of \(available.joined(separator: ", "))"),
      ("threads", "\(threads)"),
      ("peak", "\(Int(peak)) GFLOP/s in float32"),
    ]
      + products.sorted { $0.key > $1.key }.map { precision, rate in
        ("products in \(precision)", "\(Int(rate)) GFLOP/s, \(percent(rate / peak)) of the peak")
      }
      + [
        (
          "greedy answers",
          screensAnswers
            ? "compute only scores that can be the largest"
            : "compute all scores (no AVX-512 VNNI)"
        )
      ]
  }

  private func percent(_ share: Double) -> String { "\(Int((100 * share).rounded()))%" }
}
