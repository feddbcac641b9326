import ActivationStore
import Foundation

/// What is added to the residual stream, and with which sign: all of SCANS's steering.
public struct SteeringRule: Sendable {
  public let policy: SteeringPolicy
  public let sign: SteeredAnswers.Sign
  public let profile: SteeringProfile
  /// The file that the vectors were read from.
  public let vectors: String

  public init(
    policy: SteeringPolicy, sign: SteeredAnswers.Sign, profile: SteeringProfile, vectors: String
  ) {
    self.policy = policy
    self.sign = sign
    self.profile = profile
    self.vectors = vectors
  }

  /// nil where the sign does not come from s_q.
  public var classifier: TransitionClassifier? {
    if case .classifier(let classifier) = sign { classifier } else { nil }
  }

  /// As attributes of a group of results.
  public var attributes: [String: ResultValue] {
    var attributes: [String: ResultValue] = [
      "alpha": .number(policy.alpha), "unit": .integer(policy.isUnit ? 1 : 0),
      "layers": .text(LayerWindow.listed(policy.layers)), "profile": .text(profile.rawValue),
      "vectors": .text(vectors),
    ]
    attributes["threshold"] = classifier.map { .number($0.threshold) }
    attributes["classifier_layers"] = classifier.map { .text(LayerWindow.listed($0.layers)) }
    return attributes
  }

  /// The rule in words, without the positions that it steers.
  public var summary: String {
    let source =
      switch sign {
      case .fixed(let sigma): "sigma \(sigma > 0 ? "+1" : "-1")"
      case .classifier(let classifier):
        "sigma from s_q >= \(String(format: "%.4f", classifier.threshold)) over layers "
          + LayerWindow.listed(classifier.layers)
      }
    let vectors = policy.isUnit ? "vectors of length 1" : "vectors as they are"
    return "alpha \(String(format: "%g", policy.alpha)), \(vectors); \(source)"
  }
}
