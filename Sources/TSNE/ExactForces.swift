import CKernels
import Workers

/// Forces between all pairs of points.
///
/// - Complexity: O(points²) a step.
package final class ExactForces: Forces {
  private static let rowTile = 32

  package let attraction: Layout
  package let repulsion: Layout
  private let affinities: DenseAffinities
  private let normaliser: Memory<Float>
  private let workers: WorkerTeam

  package init(_ affinities: DenseAffinities, workers: WorkerTeam) {
    self.affinities = affinities
    self.workers = workers
    attraction = Layout(count: affinities.count)
    repulsion = Layout(count: affinities.count)
    normaliser = Memory(affinities.count, 0)
  }

  package func update(at layout: Layout) -> Double {
    let forces = DenseTask(
      forces: ck_dense_forces(
        x: layout.x.base, y: layout.y.base, padded: layout.padded, p: affinities.values.base,
        attraction_x: attraction.x.base, attraction_y: attraction.y.base,
        repulsion_x: repulsion.x.base, repulsion_y: repulsion.y.base,
        normaliser: normaliser.base))
    workers.forEach(of: layout.count, step: Self.rowTile) { _, rows in
      withUnsafePointer(to: forces.forces) { ck_dense_rows($0, rows.lowerBound, rows.count) }
    }
    return (0..<layout.count).reduce(0) { $0 + Double(normaliser[$1]) }
  }
}

/// Pointers that workers share; each writes rows of its own.
private struct DenseTask: @unchecked Sendable {
  let forces: ck_dense_forces
}

/// What pulls and pushes the points of a layout.
///
/// The gradient of the divergence is 4 (attraction - repulsion / normaliser).
package protocol Forces: AnyObject {
  /// sum_j p_ij q_ij (y_i - y_j), with q_ij = 1 / (1 + |y_i - y_j|²).
  var attraction: Layout { get }
  /// sum_j q_ij² (y_i - y_j).
  var repulsion: Layout { get }
  /// Computes both at a layout and returns the normaliser, sum_ij q_ij over i != j.
  func update(at layout: Layout) -> Double
}
