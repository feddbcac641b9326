import ActivationStore
import ModelLibrary
import Numerics

/// Makes the refusal direction of every layer, and d_harm where there are responses, from states of
/// prompts.
///
/// Sums run in double precision. Source: SCANS Eq. 1-3; the division by the norm is not in the
/// equations but in the released code.
public struct RefusalVectors: Sendable {
  private let states: TransitionStates
  private let draw: AnchorDraw
  private let kind: VectorSet.Kind
  private let isUnit: Bool
  private let model: StoredModel

  /// Draws the anchors from the prompts of an activation file.
  ///
  /// The kind is `meanDifference` or `principalComponent`; `isUnit` divides each vector by its norm.
  public init(
    _ reader: ActivationReader, kind: VectorSet.Kind, isUnit: Bool, anchors: AnchorDraw.Request
  ) throws(VectorError) {
    try self.init(
      TransitionStates(reader), of: reader.header.model, kind: kind, isUnit: isUnit,
      anchors: anchors)
  }

  /// Draws the anchors from the prompts of states of `model`.
  init(
    _ states: TransitionStates, of model: StoredModel, kind: VectorSet.Kind, isUnit: Bool,
    anchors: AnchorDraw.Request
  ) throws(VectorError) {
    precondition(kind != .imported, "vectors are made by one of the methods")
    self.states = states
    self.model = model
    draw = try AnchorDraw(
      labels: states.prompts.map(\.label), request: anchors, source: states.name)
    self.kind = kind
    self.isUnit = isUnit
    try Self.expectPairs(draw, kind: kind, source: states.name)
  }

  /// Refuses anchors that cannot be paired where the kind needs pairs.
  public static func expectPairs(
    _ draw: AnchorDraw, kind: VectorSet.Kind, source: String
  ) throws(VectorError) {
    guard kind != .principalComponent || draw.unsafe.count == draw.safe.count else {
      throw .unequalPairs(
        source: source, unsafeCount: draw.unsafe.count, safeCount: draw.safe.count)
    }
  }

  /// A vector for every stored layer.
  public func compute() throws(VectorError) -> VectorSet {
    let directions = try states.layers.map { layer throws(VectorError) in
      try direction(layer: layer)
    }
    let harm = states.hasTransitions ? try HarmDirections(states, draw) : nil
    return VectorSet(
      kind: kind, layers: states.layers,
      vectors: directions.map { direction in
        let scale = isUnit ? 1 : direction.norm
        return direction.unit.map { Float($0 * scale) }
      },
      isUnit: isUnit, norms: directions.map(\.norm), position: TransitionStates.queryEnd,
      unsafeCount: draw.unsafe.count, safeCount: draw.safe.count,
      harmDirections: harm?.directions.map { $0.map { Float($0) } },
      anchors: try anchors(harm), residualNorms: try residualNorms(),
      probes: try StateProbe.all(states, draw), model: model, seed: draw.seed,
      source: states.name)
  }

  /// [layer]: over all anchors.
  private func residualNorms() throws(VectorError) -> [Double] {
    var norms: [Double] = []
    for layer in states.layers {
      let rows = try states.queryEnds(layer: layer)
      let lengths = (draw.unsafe + draw.safe).map { norm(rows[$0]) }
      norms.append(lengths.reduce(0, +) / Double(lengths.count))
    }
    return norms
  }

  private func direction(layer: Int) throws(VectorError) -> (unit: [Double], norm: Double) {
    let rows = try states.queryEnds(layer: layer)
    let (unsafe, safe) = (draw.unsafe.map { rows[$0] }, draw.safe.map { rows[$0] })
    guard let unsafeMean = mean(ofRows: unsafe), let safeMean = mean(ofRows: safe) else {
      preconditionFailure("there are anchors of both labels")
    }
    let meanDifference = difference(unsafeMean, safeMean)
    switch kind {
    case .meanDifference, .imported:
      guard let unit = normalized(meanDifference) else {
        throw .zeroVector(source: states.name, layer: layer)
      }
      return (unit, norm(meanDifference))
    case .principalComponent:
      let pairs = zip(unsafe, safe).map { difference($0, $1) }
      let component = firstPrincipalComponent(of: pairs, centred: false)
      guard let component, case let length = dot(meanDifference, component), length > 0 else {
        throw .zeroVector(source: states.name, layer: layer)
      }
      return (component, length)
    }
  }

  /// The unsafe anchors, then the safe ones.
  private func anchors(_ harm: HarmDirections?) throws(VectorError) -> [VectorSet.Anchor] {
    let indices = draw.unsafe.map { ($0, true) } + draw.safe.map { ($0, false) }
    return try indices.enumerated().map { place, anchor throws(VectorError) in
      let prompt = states.prompts[anchor.0]
      let digest: String
      do throws(ModelError) { digest = try PromptDigest.sha256(of: prompt.text) } catch {
        throw .model(error)
      }
      return VectorSet.Anchor(
        id: prompt.id, textDigest: digest, isUnsafe: anchor.1,
        cosines: harm?.anchorCosines.map { $0[place] } ?? [])
    }
  }
}
