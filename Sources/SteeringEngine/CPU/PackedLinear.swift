/// The weight `[outputs, inputs]` of a product, joined from parts that files store each in its own way.
struct PackedLinear: Sendable {
  /// Some of the outputs, one after another.
  struct Part: Sendable {
    let panels: WeightPanels
    let firstOutput: Int
    /// The place of its first panel among those of all parts.
    let firstPanel: Int

    var panelRange: Range<Int> { firstPanel..<firstPanel + panels.count }
  }

  let parts: [Part]
  let inputs: Int

  init(_ panels: [WeightPanels]) {
    var parts: [Part] = []
    for part in panels {
      let last = parts.last
      parts.append(
        Part(
          panels: part, firstOutput: last.map { $0.firstOutput + $0.panels.outputs } ?? 0,
          firstPanel: last?.panelRange.upperBound ?? 0))
    }
    self.parts = parts
    inputs = panels.first?.inputs ?? 0
  }

  var outputs: Int { parts.reduce(0) { $0 + $1.panels.outputs } }
  var panelCount: Int { parts.last?.panelRange.upperBound ?? 0 }
}
