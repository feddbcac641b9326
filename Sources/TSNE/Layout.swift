/// Two coordinates, forces or steps for every point, as two arrays.
package struct Layout: Sendable {
  /// Elements of an array are a multiple of it.
  static let lanes = 16
  /// Where elements beyond the points lie: nothing is felt of them, and its square is finite.
  private static let far: Float = 1e18

  package let count: Int
  package let x: Memory<Float>
  package let y: Memory<Float>

  /// Everything in the middle, or `[point, component]`.
  package init(count: Int, _ values: [Double]? = nil) {
    self.count = count
    let padded = (count + Self.lanes - 1) / Self.lanes * Self.lanes
    func column(_ component: Int) -> Memory<Float> {
      let column = (0..<count).map { point in
        values.map { Float($0[2 * point + component]) } ?? 0
      }
      return Memory(column, filledTo: padded, Self.far)
    }
    x = column(0)
    y = column(1)
  }

  var padded: Int { x.count }

  /// `[point, component]`.
  package var values: [Double] { (0..<count).flatMap { [Double(x[$0]), Double(y[$0])] } }
}
