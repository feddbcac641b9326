import ActivationStore
import Foundation
import ResultSchemas

/// What is added to the residual stream, and with which sign: all of SCANS's steering.
public struct SteeringRule: Sendable {
  public let addition: SteeringAddition
  public let sign: SteeredAnswers.Sign
  public let profile: ScansProfile
  /// The file that the vectors were read from.
  public let vectors: String

  public init(
    addition: SteeringAddition, sign: SteeredAnswers.Sign, profile: ScansProfile, vectors: String
  ) {
    self.addition = addition
    self.sign = sign
    self.profile = profile
    self.vectors = vectors
  }

  /// nil where the sign does not come from s_q.
  public var classifier: HarmClassifier? {
    if case .classifier(let classifier) = sign { classifier } else { nil }
  }

  /// As attributes of a group of results.
  public var attributes: [String: ResultValue] {
    var attributes: [String: ResultValue] = [
      SteeringSchema.alpha: .number(addition.alpha.value),
      SteeringSchema.alphaUnit: .text(addition.alpha.unit.rawValue),
      "unit": .integer(addition.isUnit ? 1 : 0),
      "layers": .text(LayerWindow.listed(addition.layers)), "profile": .text(profile.rawValue),
      "vectors": .text(vectors),
    ]
    attributes["classifier"] = classifier.map { .text($0.kind.rawValue) }
    attributes["threshold"] = classifier.map { .number($0.threshold) }
    attributes["classifier_layers"] = classifier.map { .text(LayerWindow.listed($0.layers)) }
    return attributes
  }

  /// |alpha v| / |x| of the steered layers in words; nil where x is unknown.
  public var shareSummary: String? {
    addition.shares.map { shares in
      "|alpha v| / |x| at these layers: "
        + shares.map { String(format: "%.2f", $0) }.joined(separator: " ")
    }
  }

  /// The rule in words, without the positions that it steers.
  public var summary: String {
    let source =
      switch sign {
      case .fixed(let sigma): "sigma \(sigma > 0 ? "+1" : "-1")"
      case .classifier(let classifier):
        "sigma from s_q >= \(String(format: "%.4f", classifier.threshold)), "
          + classifier.source
      }
    let vectors = addition.isUnit ? "vectors of length 1" : "vectors as they are"
    return "alpha \(addition.alpha), \(vectors); \(source)"
  }
}
