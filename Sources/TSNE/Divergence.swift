import CKernels
import Foundation
import Workers

/// KL(P || Q) of a layout in nats: how far the affinities of its points are from the given ones.
///
/// KL = sum_ij p_ij (log p_ij + log(1 + |y_i - y_j|²)) + log sum_ij 1 / (1 + |y_i - y_j|²), over
/// i != j; the normaliser is always added up over all pairs, whatever the gradient did.
package enum Divergence {
  private static let rowTile = 64

  package static func exact(
    _ affinities: DenseAffinities, _ layout: Layout, workers: WorkerTeam
  ) -> Double {
    let sums = Memory<Double>(layout.count, 0)
    workers.forEach(of: layout.count, step: rowTile) { _, rows in
      for row in rows {
        let values = affinities.values.base + row * affinities.stride
        var sum = 0.0
        for column in 0..<layout.count where values[column] > 0 {
          sum += term(Double(values[column]), layout, row, column)
        }
        sums[row] = sum
      }
    }
    return total(sums) + log(normaliser(layout, workers: workers))
  }

  package static func sparse(
    _ affinities: SparseAffinities, _ layout: Layout, workers: WorkerTeam
  ) -> Double {
    let sums = Memory<Double>(layout.count, 0)
    workers.forEach(of: layout.count, step: rowTile) { _, rows in
      for row in rows {
        var sum = 0.0
        for entry in affinities.offset[row]..<affinities.offset[row + 1]
        where affinities.values[entry] > 0 {
          let column = Int(affinities.column[entry])
          sum += term(Double(affinities.values[entry]), layout, row, column)
        }
        sums[row] = sum
      }
    }
    return total(sums) + log(normaliser(layout, workers: workers))
  }

  private static func term(_ p: Double, _ layout: Layout, _ i: Int, _ j: Int) -> Double {
    let x = Double(layout.x[i]) - Double(layout.x[j])
    let y = Double(layout.y[i]) - Double(layout.y[j])
    return p * log(p * (1 + x * x + y * y))
  }

  private static func total(_ sums: Memory<Double>) -> Double {
    (0..<sums.count).reduce(0) { $0 + sums[$1] }
  }

  private static func normaliser(_ layout: Layout, workers: WorkerTeam) -> Double {
    let repulsion = Layout(count: layout.count)
    let sums = Memory<Float>(layout.count, 0)
    workers.forEach(of: layout.count, step: rowTile) { _, rows in
      var forces = ck_dense_forces(
        x: layout.x.base, y: layout.y.base, padded: layout.padded, p: nil, attraction_x: nil,
        attraction_y: nil, repulsion_x: repulsion.x.base, repulsion_y: repulsion.y.base,
        normaliser: sums.base)
      ck_dense_rows(&forces, rows.lowerBound, rows.count)
    }
    return (0..<layout.count).reduce(0) { $0 + Double(sums[$1]) }
  }
}
