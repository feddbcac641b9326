import ActivationStore
import ModelLibrary

/// A vector per layer, such as the refusal direction, and how it was made.
public struct VectorSet: Equatable, Sendable {
  /// How the vectors were found.
  public enum Kind: String, Sendable, CaseIterable {
    /// Mean over unsafe anchors minus mean over safe anchors (SCANS Eq. 1).
    case meanDifference = "mean-difference"
    /// First principal component of paired differences, i-th unsafe anchor minus i-th safe one, not
    /// centred; its norm is that of the mean difference's projection on it.
    case principalComponent = "principal-component"
    /// Read from a file that does not say.
    case imported
  }

  /// A prompt that the vectors were made from; the cosines serve to calibrate a threshold.
  public struct Anchor: Equatable, Sendable {
    public var id: String
    /// `PromptDigest` of its text; nil where the file does not have it.
    public var textDigest: String?
    /// Whether the prompt is one of the unsafe (harmful) ones.
    public var isUnsafe: Bool
    /// [layer]: cosine of the anchor's transition a_t with d_harm, which for an unsafe anchor is
    /// computed without this anchor; empty where there is no d_harm or only one unsafe anchor.
    public var cosines: [Double]

    public init(id: String, textDigest: String? = nil, isUnsafe: Bool, cosines: [Double]) {
      self.id = id
      self.textDigest = textDigest
      self.isUnsafe = isUnsafe
      self.cosines = cosines
    }
  }

  public var kind: Kind
  /// Block indices, ascending; the vectors belong to `resid_post` of these blocks.
  public var layers: [Int]
  /// `[layer][dModel]`: v_r as it is added to the residual stream.
  public var vectors: [[Float]]
  /// Whether each vector was divided by its norm.
  public var isUnit: Bool
  /// [layer]: the L2 norm before any division.
  public var norms: [Double]
  /// The position that the states were read at, such as `query-end`.
  public var position: String
  /// How many prompts of each class went in; 0 where unknown.
  public var unsafeCount: Int
  public var safeCount: Int
  /// `[layer][dModel]`: d_harm, the mean transition a_t of the unsafe anchors, equations 2 and 3, not
  /// normalised; nil where the states held no response position.
  public var harmDirections: [[Float]]?
  public var anchors: [Anchor]
  /// [layer]: the mean L2 norm of the residual stream over the anchors, where the vectors were read; nil
  /// where unknown.
  public var residualNorms: [Double]?
  /// Classifiers of prompts that were made from the anchors' states, one for each input at most.
  public var probes: [StateProbe]
  /// The model that the states come from; nil where the file does not say.
  public var model: StoredModel?
  /// What the anchors were drawn with; nil where all prompts are anchors.
  public var seed: UInt64?
  /// The file that the states or vectors were read from.
  public var source: String?

  public init(
    kind: Kind, layers: [Int], vectors: [[Float]], isUnit: Bool, norms: [Double],
    position: String, unsafeCount: Int, safeCount: Int, harmDirections: [[Float]]?,
    anchors: [Anchor], residualNorms: [Double]? = nil, probes: [StateProbe] = [],
    model: StoredModel?, seed: UInt64? = nil, source: String? = nil
  ) {
    self.kind = kind
    self.layers = layers
    self.vectors = vectors
    self.isUnit = isUnit
    self.norms = norms
    self.position = position
    self.unsafeCount = unsafeCount
    self.safeCount = safeCount
    self.harmDirections = harmDirections
    self.anchors = anchors
    self.residualNorms = residualNorms
    self.probes = probes
    self.model = model
    self.seed = seed
    self.source = source
  }

  /// The width of the residual stream.
  public var dModel: Int { vectors.first?.count ?? 0 }

  /// The anchors' texts by `PromptDigest`; nil where there are anchors without, or none at all.
  public var anchorDigests: Set<String>? {
    let digests = anchors.compactMap(\.textDigest)
    return digests.isEmpty || digests.count < anchors.count ? nil : Set(digests)
  }

  /// How many of some texts are anchors' texts; nil where the anchors' are not known.
  public func anchorCount(among texts: [String]) throws(ModelError) -> Int? {
    guard let anchorDigests else { return nil }
    var count = 0
    for text in texts where anchorDigests.contains(try PromptDigest.sha256(of: text)) {
      count += 1
    }
    return count
  }

  /// The vector at a layer, or nil where there is none.
  public func vector(atLayer layer: Int) -> [Float]? {
    layers.firstIndex(of: layer).map { vectors[$0] }
  }
}

extension VectorSet {
  /// The SHA-256 of layers and vectors, bit for bit, in hexadecimal.
  ///
  /// What a run that goes on must have in common with what its file was made with.
  func digest() throws(ModelError) -> String {
    let bits = vectors.joined().map { "\($0.bitPattern)" }.joined(separator: " ")
    return try FileDigest.sha256(of: "\(layers) \(bits)")
  }
}

extension VectorSet {
  /// The layers that s_q is the mean over where none are given: SCANS's in a model of `nLayers`, as far
  /// as the set has them; all of the set where it has none of them.
  public func classifierLayers(of nLayers: Int) -> [Int] {
    let wanted = Set(ScansProfile.classifierLayers(of: nLayers))
    let found = layers.filter(wanted.contains)
    return found.isEmpty ? layers : found
  }

  /// The same vectors at some of their layers; throws if a layer has none.
  public func selecting(layers wanted: [Int]) throws(AnalysisError) -> VectorSet {
    for layer in wanted where !layers.contains(layer) {
      let list = layers.map(String.init).joined(separator: ", ")
      throw .vectorFile(
        path: "--layers", problem: "there is no vector of layer \(layer), only of \(list)")
    }
    let places = layers.indices.filter { wanted.contains(layers[$0]) }
    var set = self
    set.layers = places.map { layers[$0] }
    set.vectors = places.map { vectors[$0] }
    set.norms = places.map { norms[$0] }
    set.harmDirections = harmDirections.map { directions in places.map { directions[$0] } }
    set.residualNorms = residualNorms.map { norms in places.map { norms[$0] } }
    set.probes = probes.filter { set.layers.contains($0.layer) }.map { probe in
      var probe = probe
      probe.layerAUCs = places.map { probe.layerAUCs[$0] }
      return probe
    }
    set.anchors = anchors.map { anchor in
      guard !anchor.cosines.isEmpty else { return anchor }
      var anchor = anchor
      anchor.cosines = places.map { anchor.cosines[$0] }
      return anchor
    }
    return set
  }
}
