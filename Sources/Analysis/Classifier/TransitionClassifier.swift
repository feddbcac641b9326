import ActivationStore
import ModelLibrary
import Numerics

/// Tells harmful queries from benign ones by their transitions.
///
/// SCANS, equation 4: s_q = (1/|L|) sum over l in L of cos(a_t^l(q), d_harm^l); a query is unsafe where s_q >= T.
public struct TransitionClassifier: Sendable {
  /// Where the threshold T comes from.
  public enum Threshold: Equatable, Sendable {
    case value(Double)
    /// The one that tells the vector set's anchors apart best; see `AnchorThreshold`.
    case anchors
  }

  /// The layer set L, ascending.
  public let layers: [Int]
  public let threshold: Double
  /// How well the threshold tells the anchors apart, where it comes from them.
  public let anchorAccuracy: Double?

  private let vectors: VectorSet
  private let vectorsPath: String
  /// `[layer][dModel]`, along `layers`.
  private let directions: [[Float]]

  /// Makes a classifier from a set with harm directions; `layers` nil takes all layers of the set.
  public init(
    vectors: VectorSet, path: String, layers wanted: [Int]?, threshold: Threshold
  ) throws(VectorError) {
    guard let harm = vectors.harmDirections else { throw .noHarmDirections(path: path) }
    let places = try vectors.places(ofLayers: wanted, path: path)
    layers = places.map { vectors.layers[$0] }
    directions = places.map { harm[$0] }
    self.vectors = vectors
    vectorsPath = path
    switch threshold {
    case .value(let value):
      self.threshold = value
      anchorAccuracy = nil
    case .anchors:
      let found = try vectors.anchorThreshold(layers: wanted, path: path)
      self.threshold = found.threshold
      anchorAccuracy = found.balancedAccuracy
    }
  }

  /// s_q, the decision and the cosines of every prompt of an activation file.
  ///
  /// Refuses states of another model than the vectors', unless `allowOtherModel`.
  public func classify(
    _ reader: ActivationReader, allowOtherModel: Bool = false
  ) throws(VectorError) -> [ClassifiedPrompt] {
    try vectors.expectMatches(
      reader.header.model, path: vectorsPath, allowOther: allowOtherModel)
    return try classify(TransitionStates(reader))
  }

  /// s_q, the decision and the cosines of every prompt with states.
  func classify(_ states: TransitionStates) throws(VectorError) -> [ClassifiedPrompt] {
    guard states.hasTransitions else { throw .noTransitions(source: states.name) }
    let prompts = states.prompts
    var cosines = [[Double]](repeating: [], count: prompts.count)
    for (layer, direction) in zip(layers, directions) {
      for (index, transition) in try states.transitions(layer: layer).enumerated() {
        guard let cosine = cosine(transition, direction) else {
          throw .zeroTransition(source: states.name, promptID: prompts[index].id, layer: layer)
        }
        cosines[index].append(cosine)
      }
    }
    let anchors = vectors.anchorDigests
    return try zip(prompts, cosines).map { prompt, cosines throws(VectorError) in
      let isAnchor: Bool?
      do throws(ModelError) {
        isAnchor = try anchors?.contains(PromptDigest.sha256(of: prompt.text))
      } catch {
        throw .model(error)
      }
      let score = cosines.reduce(0, +) / Double(cosines.count)
      return ClassifiedPrompt(
        id: prompt.id, label: prompt.label, isAnchor: isAnchor, score: score,
        isUnsafe: isUnsafe(score: score),
        cosines: cosines)
    }
  }

  /// Whether a query with this s_q counts as unsafe: sigma is +1 then, else -1.
  public func isUnsafe(score: Double) -> Bool { score >= threshold }
}

/// What the classifier says of one prompt.
public struct ClassifiedPrompt: Equatable, Sendable {
  public var id: String
  /// As the states' file has it; empty for none.
  public var label: String
  /// Whether the vectors were made from it; nil where they do not say from what texts.
  public var isAnchor: Bool?
  /// s_q, in -1...1.
  public var score: Double
  /// The decision s_q >= T.
  public var isUnsafe: Bool
  /// [layer of L]: cos(a_t, d_harm).
  public var cosines: [Double]

  /// The sign of the steering that the decision calls for: +1 where unsafe, else -1.
  public var sigma: Int { isUnsafe ? 1 : -1 }
}
