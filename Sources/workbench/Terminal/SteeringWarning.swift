import Analysis

/// Says on stderr that steering breaks the model, where it does.
func warnOfWreck(divergence: Double?, alpha: Strength?, by name: String = "steering") {
  guard let divergence, divergence > SteeringWreck.divergence else { return }
  note(
    "Warning: \(name) moves the model by \(decimals(divergence, 1)) nats per token along its own "
      + "answers; beyond \(decimals(SteeringWreck.divergence, 1)) many are broken; "
      + (alpha.map { "lower --alpha (\($0))" } ?? "lower --alpha"))
}
