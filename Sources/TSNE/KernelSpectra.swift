import Workers

/// The kernels of the repulsion as factors of a spectrum, for one step and size of the grid.
///
/// The potential q = 1 / (1 + d²) is even, so its spectrum is real; the forces q² dx and q² dy are
/// odd, so theirs are imaginary. They include the factor that a transform and its inverse lack.
struct KernelSpectra: Sendable {
  enum Kernel: Int, CaseIterable {
    case potential, forceX, forceY

    var isOdd: Bool { self != .potential }
  }

  let step: Float
  /// [kernel][block of columns, row, column in the block].
  let factors: [Memory<Float>]

  init(step: Float, plans: FourierPlans, workers: WorkerTeam) {
    self.step = step
    factors = Kernel.allCases.map { Self.factors($0, step: step, plans, workers) }
  }

  private static func factors(
    _ kernel: Kernel, step: Float, _ plans: FourierPlans, _ workers: WorkerTeam
  ) -> Memory<Float> {
    let (size, stride, block) = (plans.size, plans.spectrumStride, FourierPlans.blockColumns)
    let spectrum = Memory<Float>(2 * size * stride, 0)
    let rowScratch = Memory<Float>(workers.count * size, 0)
    workers.forEach(of: size, step: 8) { lane, rows in
      let values = rowScratch.base + lane * size
      for row in rows {
        for column in 0..<size {
          values[column] = value(kernel, row, column, size: size, step: step)
        }
        plans.transformRow(values, to: spectrum.base + 2 * row * stride)
      }
    }
    let factors = Memory<Float>(plans.blocks * size * block, 0)
    let scratch = Memory<Float>(workers.count * 2 * size * block, 0)
    let scale = 1 / (Float(size) * Float(size))
    workers.forEach(of: plans.blocks, step: 1) { lane, blocks in
      let columns = scratch.base + lane * 2 * size * block
      for index in blocks {
        for row in 0..<size {
          (columns + 2 * row * block)
            .update(from: spectrum.base + 2 * (row * stride + index * block), count: 2 * block)
        }
        plans.transformColumns(columns)
        let part = kernel.isOdd ? 1 : 0
        for place in 0..<size * block {
          factors[index * size * block + place] = scale * columns[2 * place + part]
        }
      }
    }
    return factors
  }

  /// The kernel between nodes, offsets beyond half the size being negative.
  private static func value(
    _ kernel: Kernel, _ row: Int, _ column: Int, size: Int, step: Float
  ) -> Float {
    func offset(_ index: Int) -> Float { Float(index < size / 2 ? index : index - size) * step }
    // No two nodes are half the size apart, and an odd kernel stays odd without a value there.
    if kernel.isOdd, row == size / 2 || column == size / 2 { return 0 }
    let (x, y) = (offset(row), offset(column))
    let q = 1 / (1 + x * x + y * y)
    switch kernel {
    case .potential: return q
    case .forceX: return q * q * x
    case .forceY: return q * q * y
    }
  }
}
