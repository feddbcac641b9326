import CKernels
import Workers

/// The memory of a convolution and the kernels of one step and size.
final class GridWorkspace: Sendable {
  /// What one kernel makes of the points: its spectrum by rows, and its values at the nodes.
  struct Field: Sendable {
    let spectrum: Memory<Float>
    let nodes: Memory<Float>
  }

  let plans: FourierPlans
  /// The points, spread over [node row, size].
  let nodes: Memory<Float>
  let spectrum: Memory<Float>
  /// In the order of the kernels.
  let fields: [Field]
  private let kernels: KernelSpectra
  private let scratch: Memory<Float>

  /// Keeps `plans` where they have the right size.
  init(_ geometry: GridGeometry, plans: FourierPlans?, workers: WorkerTeam) {
    let size = geometry.size
    let plans = plans.flatMap { $0.size == size ? $0 : nil } ?? FourierPlans(size: size)
    self.plans = plans
    kernels = KernelSpectra(step: geometry.step, plans: plans, workers: workers)
    let rows = size / 2
    nodes = Memory(rows * size, 0)
    spectrum = Memory(2 * rows * plans.spectrumStride, 0)
    fields = KernelSpectra.Kernel.allCases.map { _ in
      Field(
        spectrum: Memory(2 * rows * plans.spectrumStride, 0), nodes: Memory(rows * size, 0))
    }
    scratch = Memory(workers.count * 4 * size * FourierPlans.blockColumns, 0)
  }

  func fits(_ geometry: GridGeometry) -> Bool {
    plans.size == geometry.size && kernels.step == geometry.step
  }

  /// One block of columns of the points' spectrum to the fields', of the first `rows` nodes.
  func convolve(block: Int, lane: Int, rows: Int) {
    let (size, width) = (plans.size, 2 * FourierPlans.blockColumns)
    let stride = 2 * plans.spectrumStride
    let columns = scratch.base + lane * 2 * size * width
    let filtered = columns + size * width
    for row in 0..<rows {
      (columns + row * width)
        .update(from: spectrum.base + row * stride + block * width, count: width)
    }
    (columns + rows * width).update(repeating: 0, count: (size - rows) * width)
    plans.transformColumns(columns)
    let count = size * FourierPlans.blockColumns
    for kernel in KernelSpectra.Kernel.allCases {
      ck_filter(
        columns, kernels.factors[kernel.rawValue].base + block * count, count, kernel.isOdd,
        filtered)
      plans.restoreColumns(filtered)
      let field = fields[kernel.rawValue].spectrum.base
      for row in 0..<rows {
        (field + row * stride + block * width)
          .update(from: filtered + row * width, count: width)
      }
    }
  }
}
