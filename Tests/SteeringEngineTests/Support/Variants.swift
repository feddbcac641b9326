import Testing
import SteeringEngine
import Testing

/// A model, a precision and a family of products, for tests that hold in each.
struct Setup: CustomTestStringConvertible {
  var model: String
  var precision: Precision
  var instructionSet: InstructionSet
  var testDescription: String { "\(model) in \(precision) with \(instructionSet)" }

  /// Both attention kernels, in every precision, with every family that this machine has.
  static let all = ["heads-of-8", "heads-of-16"].flatMap { model in
    Precision.allCases.flatMap { precision in
      InstructionSet.available.map {
        Setup(model: model, precision: precision, instructionSet: $0)
      }
    }
  }

  func engine(threads: Int = 2) throws -> SteeringEngine {
    try Fixture.engine(model, precision, threads: threads, instructionSet: instructionSet)
  }
}

extension SeededRandom {
  /// An operation with numbers of the size of a row's own.
  mutating func operation(dModel: Int) -> Intervention.Operation {
    switch Int.random(in: 0..<7, using: &self) {
    case 0, 1: .add(floats(dModel), coefficient: Float.random(in: -2...2, using: &self))
    case 2: .projectOut(floats(dModel))
    case 3: .scale(Float.random(in: -1...2, using: &self))
    case 4: .replace(floats(dModel))
    case 5: .zero
    default: .skipBlock
    }
  }

  /// One to three interventions that change at least one of `count` tokens.
  mutating func interventions(of engine: SteeringEngine, count: Int) -> [Intervention] {
    let sites: [HookSite] = [.embed, .residPre, .residMid, .residPost, .attnOut, .mlpOut]
    return (0..<Int.random(in: 1...3, using: &self)).map { _ in
      let operation = operation(dModel: engine.config.dModel)
      let choice: [HookSite] = operation == .skipBlock ? [.residPost] : sites
      let site = choice.randomElement(using: &self) ?? .residPost
      let layer = Int.random(in: 0..<engine.config.nLayers, using: &self)
      let position = Int.random(in: 0..<count, using: &self)
      let positions: Intervention.Positions =
        Bool.random(using: &self) ? .from(position) : .only([position, count - 1])
      return Intervention(operation, at: site.point(at: layer), positions: positions)
    }
  }

  /// Random sequences, each followed by up to three variants of itself, in random order.
  mutating func variants(
    of engine: SteeringEngine, sequences count: Int, longest: Int = 30
  ) -> [TokenSequence] {
    let plain = [TokenSequence].random(
      count, vocabulary: 64, seed: Int.random(in: 0..<1000, using: &self), longest: longest)
    return plain.flatMap { sequence in
      let variants = (0..<Int.random(in: 0...3, using: &self)).map { _ in
        sequence.changed(by: interventions(of: engine, count: sequence.tokens.count))
      }
      return [sequence] + variants
    }.shuffled(using: &self)
  }
}

extension TokenSequence {
  func changed(by interventions: [Intervention]) -> TokenSequence {
    TokenSequence(tokens: tokens, readPositions: readPositions, interventions: interventions)
  }

  /// The tokens, read at every position.
  static func readEverywhere(
    _ tokens: [Int32], _ interventions: [Intervention] = []
  ) -> TokenSequence {
    TokenSequence(
      tokens: tokens, readPositions: Array(tokens.indices), interventions: interventions)
  }
}
