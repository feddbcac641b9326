/// Gradient descent with momentum and a gain for every coordinate.
///
/// A gain grows by 0.2 where the gradient turns against the step before and shrinks by a fifth
/// where it does not; no point steps farther than 5 (Jacobs, 1988; openTSNE 1.0).
struct Optimiser {
  private static let (gainRise, gainDecay, leastGain): (Float, Float, Float) = (0.2, 0.8, 0.01)
  private static let longestStep: Float = 5

  private let layout: Layout
  private let step: Layout
  private let gain: Layout

  /// Moves the points of `layout`.
  init(_ layout: Layout) {
    self.layout = layout
    step = Layout(count: layout.count)
    gain = Layout(count: layout.count, [Double](repeating: 1, count: 2 * layout.count))
  }

  /// Steps of one kind.
  struct Phase: Sendable {
    var steps: Int
    var exaggeration: Double
    var learningRate: Double
    var momentum: Double
  }

  /// Takes the steps of a phase.
  ///
  /// - Returns: false where `shouldStop` ended them early.
  func descend(_ forces: some Forces, _ phase: Phase, shouldStop: () -> Bool) -> Bool {
    for _ in 0..<phase.steps {
      if shouldStop() { return false }
      let normaliser = forces.update(at: layout)
      let rule = StepRule(
        pull: Float(4 * phase.exaggeration), push: Float(4 / normaliser),
        rate: Float(phase.learningRate), momentum: Float(phase.momentum))
      change(step.x, gain.x, forces.attraction.x, forces.repulsion.x, rule)
      change(step.y, gain.y, forces.attraction.y, forces.repulsion.y, rule)
      shortenSteps()
      move(layout.x, by: step.x)
      move(layout.y, by: step.y)
    }
    return true
  }

  private struct StepRule {
    let pull, push, rate, momentum: Float
  }

  private func change(
    _ step: Memory<Float>, _ gain: Memory<Float>, _ attraction: Memory<Float>,
    _ repulsion: Memory<Float>, _ rule: StepRule
  ) {
    let (step, gain) = (step.base, gain.base)
    let (attraction, repulsion) = (attraction.base, repulsion.base)
    for point in 0..<layout.count {
      let gradient = rule.pull * attraction[point] - rule.push * repulsion[point]
      let turns = (step[point] > 0) != (gradient > 0)
      gain[point] =
        turns
        ? gain[point] + Self.gainRise : max(gain[point] * Self.gainDecay, Self.leastGain)
      step[point] = rule.momentum * step[point] - rule.rate * gain[point] * gradient
    }
  }

  private func shortenSteps() {
    let (x, y) = (step.x.base, step.y.base)
    let limit = Self.longestStep * Self.longestStep
    for point in 0..<layout.count {
      let square = x[point] * x[point] + y[point] * y[point]
      guard square > limit else { continue }
      let factor = Self.longestStep / square.squareRoot()
      x[point] *= factor
      y[point] *= factor
    }
  }

  /// Moves the points, then all of them so that their mean is 0.
  private func move(_ coordinates: Memory<Float>, by step: Memory<Float>) {
    let (coordinates, step) = (coordinates.base, step.base)
    var sum = 0.0
    for point in 0..<layout.count {
      coordinates[point] += step[point]
      sum += Double(coordinates[point])
    }
    let mean = Float(sum / Double(layout.count))
    for point in 0..<layout.count { coordinates[point] -= mean }
  }
}
