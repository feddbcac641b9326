import Checkpoints
import Foundation

/// The angle, in radians per position, that each pair of columns of a head turns by.
///
/// Worked out in float32 step by step as Hugging Face transformers does
/// (`modeling_rope_utils.py`), so that angles at far positions agree with it.
package enum RotaryFrequencies {
  /// Frequencies by pair, and the factor on cos and sin that YaRN asks for.
  package struct Rule: Equatable {
    package var frequencies: [Float]
    package var magnitude: Float

    /// cos and sin of the angles, `[position, pair]` each, for positions `0..<positions`.
    package func table(positions: Int) -> (cosines: [Float], sines: [Float]) {
      var cosines: [Float] = []
      var sines: [Float] = []
      cosines.reserveCapacity(positions * frequencies.count)
      sines.reserveCapacity(positions * frequencies.count)
      for position in 0..<positions {
        for frequency in frequencies {
          let angle = Float(position) * frequency
          cosines.append(cosf(angle) * magnitude)
          sines.append(sinf(angle) * magnitude)
        }
      }
      return (cosines, sines)
    }
  }

  /// The rule for sequences of `length` tokens, which only LongRoPE looks at.
  package static func rule(for rotary: Rotary, length: Int) -> Rule {
    let plain = inverseFrequencies(base: rotary.base, dimensions: rotary.dimensions)
    switch rotary.scaling {
    case .none:
      return Rule(frequencies: plain, magnitude: 1)
    case .linear(let factor):
      return Rule(frequencies: plain.map { $0 / Float(factor) }, magnitude: 1)
    case .llama3(let factors):
      return Rule(frequencies: zip(plain, factors).map { $0 / $1 }, magnitude: 1)
    case .longrope(let scaling):
      let factors =
        length > scaling.originalContext ? scaling.longFactors : scaling.shortFactors
      return Rule(
        frequencies: zip(plain, factors).map { $0 / $1 },
        magnitude: Float(scaling.attentionFactor))
    case .yarn(let scaling):
      return yarn(plain, scaling, rotary)
    }
  }

  private static func inverseFrequencies(base: Double, dimensions: Int) -> [Float] {
    stride(from: 0, to: dimensions, by: 2).map { i in
      1 / powf(Float(base), Float(i) / Float(dimensions))
    }
  }

  /// YaRN (arXiv:2309.00071): slow pairs are interpolated, fast ones kept, a ramp in between.
  private static func yarn(
    _ plain: [Float], _ scaling: YarnScaling, _ rotary: Rotary
  ) -> Rule {
    let low = floor(pair(turning: scaling.betaFast, scaling, rotary))
    let high = ceil(pair(turning: scaling.betaSlow, scaling, rotary))
    let first = max(low, 0)
    let last = min(high, Double(rotary.dimensions - 1))
    let frequencies = plain.indices.map { i in
      let ramp = min(max((Double(i) - first) / max(last - first, 0.001), 0), 1)
      let kept = Float((1 - ramp) * scaling.extrapolationFactor)
      return plain[i] / Float(scaling.factor) * (1 - kept) + plain[i] * kept
    }
    let temperature = scaling.factor > 1 ? 0.1 * log(scaling.factor) + 1 : 1
    return Rule(
      frequencies: frequencies, magnitude: Float(temperature * scaling.attentionFactor))
  }

  /// The pair, as a fraction, that makes `turns` full turns over the original context.
  private static func pair(
    turning turns: Double, _ scaling: YarnScaling, _ rotary: Rotary
  ) -> Double {
    Double(rotary.dimensions)
      * log(Double(scaling.originalContext) / (turns * 2 * .pi)) / (2 * log(rotary.base))
  }
}

extension ModelConfig {
  /// Whether sequences of these lengths turn by the same angles.
  ///
  /// LongRoPE has one set of angles up to the original context and another beyond, so rows of
  /// shorter and longer sequences cannot be shared.
  func turnsAlike(_ length: Int, _ other: Int) -> Bool {
    guard case .rotary(let rules) = positions else { return true }
    return rules.allSatisfy { rule in
      guard case .longrope(let scaling) = rule.scaling else { return true }
      return (length > scaling.originalContext) == (other > scaling.originalContext)
    }
  }
}

extension RotaryTable {
  /// Uploads cos and sin for the positions of sequences of up to `positions` tokens.
  static func upload<Device: Backend>(
    _ rotary: Rotary, positions: Int, to device: Device
  ) throws(EngineError) -> RotaryTable where Device.Matrix == Matrix {
    let rule = RotaryFrequencies.rule(for: rotary, length: positions)
    let (cosines, sines) = rule.table(positions: positions)
    let half = rule.frequencies.count
    return RotaryTable(
      cosine: try device.upload(cosines, columns: half),
      sine: try device.upload(sines, columns: half), half: half)
  }
}
