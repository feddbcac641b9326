import CKernels

/// Attraction between near neighbours, repulsion through a grid: points are spread over its nodes,
/// the nodes' forces on one another are a convolution, and points feel what lies around them.
///
/// After Linderman et al., "Fast interpolation-based t-SNE", 2019, with cubic interpolation centred
/// on the point in place of three nodes in a box, and kernels kept from step to step.
///
/// - Complexity: O(points · perplexity + g log g) a step, for g nodes.
package final class InterpolatedForces: Forces {
  private static let (rowTile, pointTile) = (8, 256)

  package let attraction: Layout
  package let repulsion: Layout
  private let affinities: SparseAffinities
  private let workers: Workers
  private let potential: Memory<Float>
  private let ownPotential: Memory<Float>
  private var workspace: GridWorkspace?

  package init(_ affinities: SparseAffinities, workers: Workers) {
    self.affinities = affinities
    self.workers = workers
    attraction = Layout(count: affinities.count)
    repulsion = Layout(count: affinities.count)
    potential = Memory(affinities.count, 0)
    ownPotential = Memory(affinities.count, 0)
  }

  package func update(at layout: Layout) -> Double {
    let geometry = GridGeometry(layout)
    let workspace = workspace(for: geometry)
    spread(layout, geometry, workspace)
    convolve(geometry, workspace)
    collect(layout, geometry, workspace)
    return (0..<layout.count).reduce(0) { $0 + Double(potential[$1]) - Double(ownPotential[$1]) }
  }

  private func workspace(for geometry: GridGeometry) -> GridWorkspace {
    if let workspace, workspace.fits(geometry) { return workspace }
    let made = GridWorkspace(geometry, plans: workspace?.plans, workers: workers)
    workspace = made
    return made
  }

  private func spread(_ layout: Layout, _ geometry: GridGeometry, _ workspace: GridWorkspace) {
    workspace.nodes.base.update(repeating: 0, count: geometry.nodes * geometry.size)
    var grid = geometry.grid
    ck_spread(&grid, layout.x.base, layout.y.base, layout.count, workspace.nodes.base)
    let plans = workspace.plans
    workers.forEachTile(of: geometry.nodes, size: Self.rowTile) { _, rows in
      for row in rows {
        plans.transformRow(
          workspace.nodes.base + row * plans.size,
          to: workspace.spectrum.base + 2 * row * plans.spectrumStride)
      }
    }
  }

  private func convolve(_ geometry: GridGeometry, _ workspace: GridWorkspace) {
    let plans = workspace.plans
    workers.forEachTile(of: plans.blocks, size: 1) { lane, blocks in
      for block in blocks { workspace.convolve(block: block, lane: lane, rows: geometry.nodes) }
    }
    let fields = workspace.fields
    workers.forEachTile(of: fields.count * geometry.nodes, size: Self.rowTile) { _, rows in
      for index in rows {
        let (field, row) = (fields[index / geometry.nodes], index % geometry.nodes)
        plans.restoreRow(
          field.nodes.base + row * plans.size,
          from: field.spectrum.base + 2 * row * plans.spectrumStride)
      }
    }
  }

  private func collect(_ layout: Layout, _ geometry: GridGeometry, _ workspace: GridWorkspace) {
    let results = [potential, repulsion.x, repulsion.y]
    let (affinities, attraction, ownPotential) = (affinities, attraction, ownPotential)
    let nearPotential = geometry.nearPotential
    workers.forEachTile(of: layout.count, size: Self.pointTile) { _, points in
      var grid = geometry.grid
      let first = points.lowerBound
      for (field, result) in zip(workspace.fields, results) {
        ck_interpolate(
          &grid, field.nodes.base, layout.x.base + first, layout.y.base + first, points.count,
          result.base + first)
      }
      ck_own_potential(
        &grid, nearPotential, layout.x.base + first, layout.y.base + first, points.count,
        ownPotential.base + first)
      ck_sparse_attraction(
        layout.x.base, layout.y.base, affinities.offset.base, affinities.column.base,
        affinities.values.base, first, points.count, attraction.x.base, attraction.y.base)
    }
  }
}

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
  init(_ geometry: GridGeometry, plans: FourierPlans?, workers: Workers) {
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
