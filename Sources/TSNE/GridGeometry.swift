import CKernels

/// A square grid of nodes over a layout, at least as large as it.
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
