/// What a sweep over layers measures.
public enum SweepMetric: String, CaseIterable, Sendable {
  case refusalRate = "refusal-rate"
  case logOdds = "log-odds"
  case kl
  case perplexity

  /// The dataset of `/ablation` that holds it.
  var dataset: String {
    switch self {
    case .refusalRate: "refusal_rate"
    case .logOdds: "refusal_log_odds"
    case .kl: "kl"
    case .perplexity: "perplexity"
    }
  }

  var title: String {
    switch self {
    case .refusalRate: "refusal rate"
    case .logOdds: "refusal log-odds (nats)"
    case .kl: "KL from the unchanged model (nats)"
    case .perplexity: "perplexity"
    }
  }
}
