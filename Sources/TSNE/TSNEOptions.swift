import Foundation

/// How two points are compared.
public enum TSNEMetric: String, CaseIterable, Sendable {
  case euclidean
  /// 1 - the cosine of the angle between both.
  case cosine
}

/// How the forces between all points are added up.
public enum TSNEGradient: String, CaseIterable, Sendable {
  /// Pair by pair, with affinities between all points.
  case exact
  /// By interpolation on a grid and FFT, with affinities between near neighbours.
  case interpolated
  /// Exact for a few thousand points, interpolated beyond.
  case automatic
}

/// What an embedding is made with.
///
/// Exaggeration, momentum and gains are those of openTSNE 1.0, and so is the learning rate, points /
/// exaggeration, up to points / 4. Unlike there, exaggeration does not end at once but falls away
/// over as many steps as it lasted: of 450 hidden states that lowers the divergence by 4 to 11 %.
public struct TSNEOptions: Equatable, Sendable {
  /// The most points that `automatic` takes exactly.
  static let largestExactCount = 3000

  /// The effective number of neighbours, 2 to the entropy in bits.
  public var perplexity = 30.0
  public var metric = TSNEMetric.euclidean
  public var gradient = TSNEGradient.automatic
  /// Attraction is multiplied by it at first.
  public var exaggeration = 12.0
  /// Steps with the full exaggeration, and again as many in which it falls to 1 by equal factors.
  public var exaggeratedSteps = 125
  /// Steps without exaggeration after that.
  public var steps = 500
  /// The weight of the step before in each step.
  public var momentum = 0.8
  /// Principal components that the points are reduced to first; nil takes them as they are.
  public var inputComponents: Int?
  /// Of the noise that tells equal points apart.
  public var seed: UInt64 = 0
  /// How many cores are used; no result depends on it.
  public var threads: Int

  public init(threads: Int) { self.threads = threads }

  /// The exaggeration below which the learning rate does not rise any more.
  private static let leastRateDivisor = 4.0

  /// The stages of the descent of so many points.
  func phases(count: Int) -> [Optimiser.Phase] {
    func phase(_ steps: Int, _ exaggeration: Double) -> Optimiser.Phase {
      Optimiser.Phase(
        steps: steps, exaggeration: exaggeration,
        learningRate: Double(count) / max(exaggeration, Self.leastRateDivisor), momentum: momentum)
    }
    let fall = (0..<exaggeratedSteps).map { step in
      phase(1, pow(exaggeration, 1 - Double(step + 1) / Double(exaggeratedSteps + 1)))
    }
    return [phase(exaggeratedSteps, exaggeration)] + fall + [phase(steps, 1)]
  }

  func isExact(_ count: Int) -> Bool {
    switch gradient {
    case .exact: true
    case .interpolated: false
    case .automatic: count <= Self.largestExactCount
    }
  }
}
