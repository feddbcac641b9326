import Foundation
import Numerics

extension VectorSet {
  /// Random directions in place of the vectors, each as long as the vector that it stands for.
  ///
  /// What they do, the vectors' length does. They are uniform over all directions and independent from
  /// layer to layer; `number`, from 1, tells several such sets apart and is all that they hang on.
  func control(_ number: Int) -> VectorSet {
    var set = self
    for (place, vector) in vectors.enumerated() {
      // Of the layer too, so that a set with fewer layers gets the same directions.
      var random = SplitMix64(seed: UInt64(number) << 32 | UInt64(layers[place]))
      guard let unit = normalized(vector.map { _ in random.normal() }) else { continue }
      let length = norm(vector)
      set.vectors[place] = unit.map { Float($0 * length) }
    }
    return set
  }
}

extension SplitMix64 {
  /// A number from the standard normal distribution, by Box and Muller's transformation.
  fileprivate mutating func normal() -> Double {
    let radius = (-2 * log(1 - unitInterval())).squareRoot()
    return radius * cos(2 * .pi * unitInterval())
  }
}
