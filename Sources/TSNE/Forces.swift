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
