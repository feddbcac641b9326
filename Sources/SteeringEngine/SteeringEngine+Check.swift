import Checkpoints

extension SteeringEngine {
  /// Refuses hooks and sequences that the model cannot run.
  ///
  /// Interventions may begin in the `newTokens` positions after a sequence, which it will get.
  func check(
    _ sequences: [TokenSequence], _ hooks: [HookPoint], newTokens: Int = 0
  ) throws(EngineError) {
    for hook in hooks { try check(hook) }
    for (index, sequence) in sequences.enumerated() {
      try check(sequence, index: index, newTokens: newTokens)
    }
  }

  private func check(_ hook: HookPoint) throws(EngineError) {
    if let layer = hook.layer, !(0..<config.nLayers).contains(layer) {
      throw .noSuchLayer(hook, nLayers: config.nLayers)
    }
    if config.isParallel, hook.site == .residMid { throw .noResidMid(config.architecture) }
  }

  private func check(
    _ sequence: TokenSequence, index: Int, newTokens: Int
  ) throws(EngineError) {
    let count = sequence.tokens.count
    guard count > 0 else { throw .emptySequence(sequence: index) }
    guard count <= config.nCtx else {
      throw .sequenceTooLong(sequence: index, tokens: count, limit: config.nCtx)
    }
    for token in sequence.tokens where !(0..<config.dVocab).contains(Int(token)) {
      throw .unknownToken(sequence: index, token: token, vocabulary: config.dVocab)
    }
    for position in sequence.readPositions where !(0..<count).contains(position) {
      throw .noSuchPosition(sequence: index, position: position, tokens: count)
    }
    for intervention in sequence.interventions {
      try check(intervention)
      if let position = intervention.positions.outside(count + newTokens) {
        throw .noSuchPosition(sequence: index, position: position, tokens: count)
      }
    }
  }

  private func check(_ intervention: Intervention) throws(EngineError) {
    let hook = intervention.hook
    try check(hook)
    guard hook != .finalNorm, hook != .logits else { throw .notChangeable(hook) }
    switch intervention.operation {
    case .add(let vector, let coefficient):
      try check(vector, for: hook)
      guard coefficient.isFinite else {
        throw .unusableVector(hook, problem: "has the coefficient \(coefficient)")
      }
    case .projectOut(let vector):
      try check(vector, for: hook)
      guard vector.contains(where: { $0 != 0 }) else {
        throw .unusableVector(hook, problem: "projects out a direction of length 0")
      }
    case .replace(let vector): try check(vector, for: hook)
    case .scale(let factor):
      guard factor.isFinite else {
        throw .unusableVector(hook, problem: "scales by \(factor)")
      }
    case .skipBlock:
      guard hook.layer != nil else {
        throw .unusableVector(hook, problem: "skips a block but names none")
      }
    case .zero: break
    }
  }

  private func check(_ vector: [Float], for hook: HookPoint) throws(EngineError) {
    guard vector.count == config.dModel else {
      throw .vectorOfOtherWidth(hook, width: vector.count, dModel: config.dModel)
    }
    if let index = vector.firstNonFinite {
      throw .unusableVector(hook, problem: "has a vector that holds \(vector[index])")
    }
  }
}
