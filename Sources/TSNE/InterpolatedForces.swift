import CKernels
import Workers

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
  private let workers: WorkerTeam
  private let potential: Memory<Float>
  private let ownPotential: Memory<Float>
  private var workspace: GridWorkspace?

  package init(_ affinities: SparseAffinities, workers: WorkerTeam) {
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
    workers.forEach(of: geometry.nodes, step: Self.rowTile) { _, rows in
      for row in rows {
        plans.transformRow(
          workspace.nodes.base + row * plans.size,
          to: workspace.spectrum.base + 2 * row * plans.spectrumStride)
      }
    }
  }

  private func convolve(_ geometry: GridGeometry, _ workspace: GridWorkspace) {
    let plans = workspace.plans
    workers.forEach(of: plans.blocks, step: 1) { lane, blocks in
      for block in blocks { workspace.convolve(block: block, lane: lane, rows: geometry.nodes) }
    }
    let fields = workspace.fields
    workers.forEach(of: fields.count * geometry.nodes, step: Self.rowTile) { _, rows in
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
    workers.forEach(of: layout.count, step: Self.pointTile) { _, points in
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
