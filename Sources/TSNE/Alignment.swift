import Foundation

/// Turns and mirrors a layout so that it lies as close as it can to another of the same points.
///
/// A layout's divergence depends on distances alone, so every turn of it is as good; its size says
/// something and is kept. Source: orthogonal Procrustes (Schönemann, 1966), in the plane.
public enum Alignment {
  /// `[point, component]`, both, with the mean of `reference`.
  public static func aligned(_ layout: [Double], to reference: [Double]) -> [Double] {
    precondition(layout.count == reference.count, "layouts of the same points")
    let (centre, target) = (mean(layout), mean(reference))
    var (xx, xy, yx, yy) = (0.0, 0.0, 0.0, 0.0)
    for point in stride(from: 0, to: layout.count, by: 2) {
      let (x, y) = (layout[point] - centre.x, layout[point + 1] - centre.y)
      let (u, v) = (reference[point] - target.x, reference[point + 1] - target.y)
      xx += x * u
      xy += x * v
      yx += y * u
      yy += y * v
    }
    // What a rotation by the best angle makes of the sum of products, and a reflection.
    let rotation = hypot(xx + yy, xy - yx)
    let reflection = hypot(xx - yy, xy + yx)
    let mirror = reflection > rotation ? -1.0 : 1
    let angle = mirror > 0 ? atan2(xy - yx, xx + yy) : atan2(xy + yx, xx - yy)
    let (sine, cosine) = (sin(angle), cos(angle))
    return stride(from: 0, to: layout.count, by: 2).flatMap { point in
      let (x, y) = (layout[point] - centre.x, mirror * (layout[point + 1] - centre.y))
      return [cosine * x - sine * y + target.x, sine * x + cosine * y + target.y]
    }
  }

  private static func mean(_ layout: [Double]) -> (x: Double, y: Double) {
    let count = Double(max(layout.count / 2, 1))
    let x = stride(from: 0, to: layout.count, by: 2).reduce(0) { $0 + layout[$1] }
    let y = stride(from: 1, to: layout.count, by: 2).reduce(0) { $0 + layout[$1] }
    return (x / count, y / count)
  }
}
