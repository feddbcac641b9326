/// Ridge regression on a kernel, with predictions for each fold from the others alone.
///
/// The predictions of all folds come from one inverse: with A = (K + λ)⁻¹, the error of fold f under
/// the fit without it is (A_ff)⁻¹ (A y)_f. Every labelling of the same examples then costs a product.
/// Source: Rasmussen and Williams, "Gaussian processes for machine learning", 5.4.2, by blocks.
public struct RidgeProbe: Sendable {
  private let count: Int
  private let folds: [[Int]]
  /// Errors from labels, [example, example].
  private let errors: [Double]

  /// Nil where the kernel is not positive semidefinite.
  ///
  /// - Parameters:
  ///   - kernel: inner products of the examples, `[example, example]`; an added constant is a bias.
  ///   - penalty: λ, added to the diagonal; above 0.
  ///   - folds: the examples of each fold; every example is in one.
  public init?(kernel: [Double], penalty: Double, folds: [[Int]]) {
    let count = folds.reduce(0) { $0 + $1.count }
    precondition(kernel.count == count * count, "a kernel between all examples")
    var penalised = kernel
    for example in 0..<count { penalised[example * count + example] += penalty }
    guard let inverse = inverse(ofPositiveDefinite: penalised, count: count) else { return nil }
    var errors = [Double](repeating: 0, count: count * count)
    for fold in folds {
      let size = fold.count
      let block = fold.flatMap { row in fold.map { inverse[row * count + $0] } }
      guard let solved = Numerics.inverse(ofPositiveDefinite: block, count: size) else {
        return nil
      }
      let rows = fold.flatMap { inverse[$0 * count..<($0 + 1) * count] }
      let map = product(solved, rows, rows: size, inner: size, columns: count)
      for (place, row) in fold.enumerated() {
        errors.replaceSubrange(
          row * count..<(row + 1) * count, with: map[place * count..<(place + 1) * count])
      }
    }
    self.count = count
    self.folds = folds
    self.errors = errors
  }

  /// What examples are predicted to be by the folds that they are not in.
  ///
  /// - Parameter targets: `[labelling][example]`.
  /// - Returns: `[labelling][example]`.
  public func heldOutPredictions(_ targets: [[Double]]) -> [[Double]] {
    let columns = targets.count
    let right = (0..<count).flatMap { example in targets.map { $0[example] } }
    let missed = product(errors, right, rows: count, inner: count, columns: columns)
    return targets.indices.map { labelling in
      (0..<count).map { targets[labelling][$0] - missed[$0 * columns + labelling] }
    }
  }

  /// The mean over folds of the area under the ROC curve of held-out predictions.
  ///
  /// - Parameter labellings: whether an example is positive.
  /// - Returns: one for each labelling; folds with one class do not count, nil where none is left.
  public func heldOutAUC(_ labellings: [[Bool]]) -> [Double?] {
    let predictions = heldOutPredictions(labellings.map { $0.map { $0 ? 1 : -1 } })
    return zip(predictions, labellings).map { scores, isPositive in
      let areas = folds.compactMap { fold in
        RankedScores(scores: fold.map { scores[$0] }, isPositive: fold.map { isPositive[$0] })?
          .rocAUC
      }
      return areas.isEmpty ? nil : areas.reduce(0, +) / Double(areas.count)
    }
  }
}
