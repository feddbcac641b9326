import Analysis

/// Says on stderr that steering breaks the model, where it does.
func warnOfWreck(divergence: Double?, alpha: Strength?, by name: String = "steering") {
  guard let divergence, divergence > SteeringWreck.divergence else { return }
  note(
    "Warning: \(name) moves the model by \(decimals(divergence, 1)) nats per token along its own "
      + "answers; beyond \(decimals(SteeringWreck.divergence, 1)) many are broken; "
      + (alpha.map { "lower --alpha (\($0))" } ?? "lower --alpha"))
}

/// Says on stderr that prompts are among those that vectors were made from, where some are.
func warnOfAnchors(among texts: [String], of vectors: VectorSet?) throws {
  guard let count = try vectors?.anchorCount(among: texts), count > 0 else { return }
  note(
    "Warning: the vectors were made from \(count) of these \(counted(texts.count, "prompt")), so what "
      + "is found on them is in sample")
}
