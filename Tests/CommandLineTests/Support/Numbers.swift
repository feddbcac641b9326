import Testing

func sum(_ left: [Float], _ right: [Float]) -> [Float] { zip(left, right).map { $0 + $1 } }

func dot(_ left: [Float], _ right: [Float]) -> Float {
  Float(zip(left, right).reduce(0.0) { $0 + Double($1.0) * Double($1.1) })
}

/// The root mean square norm with the tiny model's epsilon, 1e-5.
func rmsNorm(_ row: [Float], scale: [Float]) -> [Float] {
  let meanSquare = row.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(row.count)
  let factor = 1 / (meanSquare + 1e-5).squareRoot()
  return zip(row, scale).map { Float(Double($0) * factor * Double($1)) }
}

/// Expects numbers to agree within a few roundings of float32 at the scale of the largest.
func expectClose(
  _ found: [Float], _ expected: [Float], sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, sourceLocation: sourceLocation)
  let tolerance = 16 * Float.ulpOfOne * (expected.map(abs).max() ?? 0)
  let worst = zip(found, expected).enumerated().max {
    abs($0.element.0 - $0.element.1) < abs($1.element.0 - $1.element.1)
  }
  guard let worst else { return }
  #expect(
    abs(worst.element.0 - worst.element.1) <= tolerance,
    "at \(worst.offset): found \(worst.element.0), expected \(worst.element.1)",
    sourceLocation: sourceLocation)
}
