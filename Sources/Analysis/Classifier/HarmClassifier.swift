import ActivationStore
import ModelLibrary
import Numerics

/// Tells harmful queries from benign ones by their states: a query is unsafe where s_q >= T.
///
/// SCANS, equation 4: s_q = (1/|L|) sum over l in L of cos(a_t^l(q), d_harm^l). Or s_q is the score of a
/// probe that was made from the same anchors.
public struct HarmClassifier: Sendable {
  /// Where the threshold T comes from.
  public enum Threshold: Equatable, Sendable {
    case value(Double)
    /// The one that tells the vector set's anchors apart best; see `AnchorThreshold`.
    case anchors
  }

  /// What s_q is.
  public enum Kind: String, CaseIterable, Sendable, Encodable {
    /// SCANS's mean cosine of transitions with d_harm.
    case cosine
    /// A linear probe's score of the transition at one layer.
    case probeTransition = "probe-transition"
    /// A linear probe's score of the state at the query end of one layer.
    case probeQueryEnd = "probe-query-end"

    /// nil for the cosine.
    var input: StateProbe.Input? {
      switch self {
      case .cosine: nil
      case .probeTransition: .transition
      case .probeQueryEnd: .queryEnd
      }
    }
  }

  public let kind: Kind
  /// The layer set L, ascending, whose cosines are known whatever s_q is.
  public let layers: [Int]
  public let threshold: Double
  /// How well the threshold tells the anchors apart, where it comes from them.
  public let anchorAccuracy: Double?

  private let vectors: VectorSet
  private let vectorsPath: String
  /// `[layer][dModel]`, along `layers`.
  private let directions: [[Float]]
  /// nil for the cosine.
  private let probe: StateProbe?

  /// Makes a classifier from a set with harm directions; `layers` nil takes all layers of the set.
  public init(
    vectors: VectorSet, path: String, kind: Kind = .cosine, layers wanted: [Int]?,
    threshold: Threshold
  ) throws(VectorError) {
    self.kind = kind
    probe = try kind.input.map { (input) throws(VectorError) in
      guard let probe = vectors.probes.first(where: { $0.input == input }) else {
        throw .noProbe(path: path, classifier: kind.rawValue)
      }
      return probe
    }
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
      let found =
        if let probe { try vectors.anchorThreshold(probe: probe, path: path) } else {
          try vectors.anchorThreshold(layers: wanted, path: path)
        }
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
    var scores = cosines.map { $0.reduce(0, +) / Double($0.count) }
    if let probe {
      scores = try states.rows(probe.input, layer: probe.layer).map { probe.score($0) }
    }
    let anchors = vectors.anchorDigests
    return try prompts.indices.map { index throws(VectorError) in
      let prompt = prompts[index]
      let isAnchor: Bool?
      do throws(ModelError) {
        isAnchor = try anchors?.contains(PromptDigest.sha256(of: prompt.text))
      } catch {
        throw .model(error)
      }
      return ClassifiedPrompt(
        id: prompt.id, label: prompt.label, isAnchor: isAnchor, score: scores[index],
        isUnsafe: isUnsafe(score: scores[index]), cosines: cosines[index])
    }
  }

  /// The blocks whose states it reads, ascending.
  var readLayers: [Int] { Set(layers + (probe.map { [$0.layer] } ?? [])).sorted() }

  /// Where s_q comes from, in words.
  public var source: String {
    probe.map { "\(kind.rawValue) of layer \($0.layer)" }
      ?? "the cosines of layers \(LayerWindow.listed(layers))"
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
  /// s_q: in -1...1 for the cosine.
  public var score: Double
  /// The decision s_q >= T.
  public var isUnsafe: Bool
  /// [layer of L]: cos(a_t, d_harm).
  public var cosines: [Double]

  /// The sign of the steering that the decision calls for: +1 where unsafe, else -1.
  public var sigma: Int { isUnsafe ? 1 : -1 }
}
