/// One sequence's interventions, in the terms in which the forward pass meets them.
struct SequenceEdits: Sendable {
  /// The first position that is changed; after the tokens when only generated ones are.
  let firstPosition: Int
  /// The first block that the changed rows go through on their own; before it, and in the
  /// positions before, the sequence is the baseline.
  let forkBlock: Int
  private let interventions: [HookPoint: [Intervention]]

  /// Nil when the interventions change nothing, so that the sequence is the baseline.
  init?(_ sequence: TokenSequence) {
    var byHook: [HookPoint: [Intervention]] = [:]
    var first = Int.max
    for intervention in sequence.interventions.flatMap(\.parts) {
      guard let start = intervention.positions.first else { continue }
      first = min(first, start)
      byHook[intervention.hook, default: []].append(intervention)
    }
    guard !byHook.isEmpty else { return nil }
    firstPosition = first
    forkBlock = byHook.keys.map(\.forkBlock).min() ?? 0
    interventions = byHook
  }

  /// The changed hook points.
  var hooks: Dictionary<HookPoint, [Intervention]>.Keys { interventions.keys }

  /// Whether all positions from `start` on are changed alike.
  func isConstant(from start: Int) -> Bool {
    interventions.values.joined().allSatisfy { intervention in
      switch intervention.positions {
      case .from(let first): first <= start
      case .only(let positions): positions.allSatisfy { $0 < start }
      }
    }
  }

  /// What happens at a position, in order; neighbouring additions are one.
  func operations(at hook: HookPoint, position: Int) -> [Intervention.Operation] {
    var operations: [Intervention.Operation] = []
    for intervention in interventions[hook, default: []]
    where intervention.positions.contains(position) {
      if case .add(let vector, let coefficient) = intervention.operation,
        case .add(let sum, let factor)? = operations.last
      {
        operations[operations.count - 1] = .add(
          zip(sum, vector).map { $0 * factor + $1 * coefficient }, coefficient: 1)
      } else {
        operations.append(intervention.operation)
      }
    }
    return operations
  }
}

extension Intervention {
  /// The same change as steps that the forward pass knows; none for a change by nothing.
  fileprivate var parts: [Intervention] {
    switch operation {
    case .add(_, coefficient: 0), .scale(1): []
    case .skipBlock:
      [HookSite.attnOut, .mlpOut].map { site in
        Intervention(.zero, at: site.point(at: hook.layer ?? 0), positions: positions)
      }
    default: [Intervention(operation, at: hook.canonical, positions: positions)]
    }
  }
}

extension Intervention.Positions {
  func contains(_ position: Int) -> Bool {
    switch self {
    case .from(let start): position >= start
    case .only(let positions): positions.contains(position)
    }
  }

  /// A position that a sequence of `count` tokens cannot have; from its end on there is just nothing
  /// to change.
  func outside(_ count: Int) -> Int? {
    switch self {
    case .from(let start): (0...count).contains(start) ? nil : start
    case .only(let positions):
      [positions.min(), positions.max()].compactMap { $0 }.first { !(0..<count).contains($0) }
    }
  }

  /// The first changed position; nil for none.
  var first: Int? {
    switch self {
    case .from(let start): start
    case .only(let positions): positions.min()
    }
  }
}

extension HookPoint {
  /// The first block whose rows differ when this point is changed.
  fileprivate var forkBlock: Int {
    switch canonical {
    case .residPost(let layer): layer + 1
    case .embed: 0
    default: layer ?? 0
    }
  }
}
