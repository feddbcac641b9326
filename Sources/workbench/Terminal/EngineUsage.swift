import SteeringEngine

/// Says on stderr where a run's time went, and how near its matrix products came to the machine's
/// peak, which is measured for some milliseconds; nothing where no product ran.
func noteUsage(of engine: SteeringEngine) throws {
  let clock = engine.clock
  guard clock.total > 0, clock[.product] > 0 else { return }
  let rate = clock.productOperations / clock[.product] * Double(engine.threads)
  let share = try rate / engine.measurePeak()
  let kernels = KernelClock.Kernel.allCases.filter { clock[$0] > 0 }.map { kernel in
    "\(kernel) \(Int((100 * clock[kernel] / clock.total).rounded()))%"
  }
  note(
    "time by kernel: \(kernels.joined(separator: ", ")); products ran at \(Int(rate / 1e9)) "
      + "GFLOP/s, \(Int((100 * share).rounded()))% of the float32 peak of "
      + "\(counted(engine.threads, "thread")) with \(engine.instructionSet)")
}
