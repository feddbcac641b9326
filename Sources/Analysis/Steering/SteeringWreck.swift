/// When steering no longer changes what a model says, but breaks it.
public enum SteeringWreck {
  /// KL(unsteered || steered) along unsteered answers, in nats per token, beyond which it does.
  ///
  /// On the overcautious SmolLM2-135M, of 18 settings from alpha 4 to 0.3n, those below had at most 3%
  /// broken answers of 30, and those above from 23% (at 2.2 nats) to all.
  public static let divergence = 2.0
}
