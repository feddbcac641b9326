import CKernels

/// A grid of nodes over a layout, from which to the last node is a multiple of the step.
struct GridGeometry: Sendable {
  /// Between nodes, where the layout is large: q = 1 / (1 + d²) bends over distances of 1.
  private static let standardStep: Float = 0.4
  /// Nodes across a layout; the step is halved or doubled until there are as many.
  private static let (fewest, most): (Float, Float) = (64, 2048)

  let step: Float
  let grid: ck_grid
  /// Nodes in a row or column that points can reach.
  let nodes: Int
  /// Of the transforms: the convolution must not run round the edge.
  let size: Int

  init(_ layout: Layout) {
    let (left, right) = Self.ends(layout.x, layout.count)
    let (bottom, top) = Self.ends(layout.y, layout.count)
    let extent = max(right - left, top - bottom, 1e-9)
    var step = Self.standardStep
    while extent / step < Self.fewest { step /= 2 }
    while extent / step > Self.most { step *= 2 }
    self.step = step
    nodes = Int((extent / step).rounded(.up)) + 6
    size = FourierPlans.size(atLeast: 2 * nodes)
    grid = ck_grid(
      x0: left - 1.5 * step, y0: bottom - 1.5 * step, inverse_step: 1 / step, stride: size)
  }

  /// The potential between nodes up to three rows and columns apart, [4, 4].
  var nearPotential: [Float] {
    (0..<16).map { index in
      let (x, y) = (Float(index / 4) * step, Float(index % 4) * step)
      return 1 / (1 + x * x + y * y)
    }
  }

  private static func ends(
    _ coordinates: Memory<Float>, _ count: Int
  ) -> (least: Float, most: Float) {
    var (least, most) = (coordinates[0], coordinates[0])
    for point in 1..<count {
      least = min(least, coordinates[point])
      most = max(most, coordinates[point])
    }
    return (least, most)
  }
}

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

  init(step: Float, plans: FourierPlans, workers: Workers) {
    self.step = step
    factors = Kernel.allCases.map { Self.factors($0, step: step, plans, workers) }
  }

  private static func factors(
    _ kernel: Kernel, step: Float, _ plans: FourierPlans, _ workers: Workers
  ) -> Memory<Float> {
    let (size, stride, block) = (plans.size, plans.spectrumStride, FourierPlans.blockColumns)
    let spectrum = Memory<Float>(2 * size * stride, 0)
    let rowScratch = Memory<Float>(workers.count * size, 0)
    workers.forEachTile(of: size, size: 8) { lane, rows in
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
    workers.forEachTile(of: plans.blocks, size: 1) { lane, blocks in
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
