import Numerics

/// d_harm of every layer, and how the anchors' own transitions lie to it.
struct HarmDirections {
  /// `[layer][dModel]`: the mean transition of the unsafe anchors (SCANS, equation 3).
  private(set) var directions: [[Double]] = []
  /// `[layer][anchor]`: cosines of the anchors' transitions with d_harm, unsafe anchors first.
  ///
  /// An unsafe anchor's is with the mean of the others, since a transition is nearer to a mean that
  /// contains it. Empty where there is one unsafe anchor, which leaves no others.
  private(set) var anchorCosines: [[Double]] = []

  init(_ states: TransitionStates, _ draw: AnchorDraw) throws(VectorError) {
    for layer in states.layers {
      let rows = try states.transitions(layer: layer)
      guard let direction = mean(ofRows: draw.unsafe.map { rows[$0] }) else {
        preconditionFailure("there are unsafe anchors")
      }
      directions.append(direction)
      guard draw.unsafe.count > 1 else { continue }
      let sum = direction.map { $0 * Double(draw.unsafe.count) }
      let pairs =
        draw.unsafe.map { ($0, difference(sum, rows[$0])) }
        + draw.safe.map { ($0, direction) }
      anchorCosines.append(
        try pairs.map { index, direction throws(VectorError) in
          guard let cosine = cosine(rows[index], direction) else {
            throw .zeroTransition(
              source: states.name, promptID: states.prompts[index].id, layer: layer)
          }
          return cosine
        })
    }
  }
}
