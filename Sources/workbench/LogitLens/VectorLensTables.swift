import ActivationStore
import Analysis
import Foundation

/// What vectors promote and suppress, as tables, JSON and CSV.
struct VectorLensTables: LensTables {
  let lens: VectorLens
  let context: LensContext

  var group: ResultGroup { context.layout.group(lens) }

  func printTables() {
    printLine(context.headline)
    let readings = lens.segments + lens.layers
    printLine("\nPromoted: the highest scores")
    printRows(readings, \.promoted)
    printLine("\nSuppressed: the lowest scores")
    printRows(readings, \.suppressed)
    if !context.request.tokens.isEmpty {
      printLine("\nRanks and scores of the tokens asked for; 1 is the highest of the vocabulary")
      printTable(
        ["layers"] + context.request.tokens.map(context.shown),
        readings.map { [name($0)] + $0.standings.map { "\($0.rank)  \(short($0.score))" } },
        rightAligned: Set(1...context.request.tokens.count))
    }
    printLine("\nA segment's vector is the \(VectorLens.segmentRule).")
  }

  private func printRows(
    _ readings: [VectorLens.Row], _ tokens: KeyPath<VectorLens.Row, [TokenScore]>
  ) {
    let places = (1...max(readings.first?[keyPath: tokens].count ?? 1, 1)).map(String.init)
    printTable(
      ["layers"] + places,
      readings.map { reading in
        [name(reading)]
          + reading[keyPath: tokens].map { "\(context.shown($0.id)) \(short($0.score))" }
      })
  }

  private func name(_ reading: VectorLens.Row) -> String {
    let layers = LayerWindow.listed(reading.layers)
    return reading.segment.map { "\($0.rawValue) \(layers)" } ?? layers
  }

  private func short(_ score: Float) -> String { String(format: "%.3g", Double(score)) }
}

extension VectorLensTables {
  struct JSON: Encodable {
    struct Row: Encodable {
      let segment: String?
      let layers: [Int]
      let promoted: [LensToken]
      let suppressed: [LensToken]
      let given: [LensToken]
    }

    let of = "vectors"
    let model: String
    let finalNorm: Bool
    let segmentRule = VectorLens.segmentRule
    let segments: [Row]
    let layers: [Row]
  }

  var json: JSON {
    JSON(
      model: context.modelName, finalNorm: context.request.applyingFinalNorm,
      segments: lens.segments.map(row), layers: lens.layers.map(row))
  }

  private func row(_ reading: VectorLens.Row) -> JSON.Row {
    JSON.Row(
      segment: reading.segment?.rawValue, layers: reading.layers,
      promoted: context.json(reading.promoted), suppressed: context.json(reading.suppressed),
      given: context.json(reading.standings))
  }

  var csvHeader: [String] {
    ["segment", "first_layer", "last_layer", "kind", "rank", "token_id", "token", "score"]
  }

  var csvRows: [[String]] {
    (lens.segments + lens.layers).flatMap { reading in
      let row = row(reading)
      let place = [
        row.segment ?? "", "\(reading.layers.first ?? 0)", "\(reading.layers.last ?? 0)",
      ]
      return [("promoted", row.promoted), ("suppressed", row.suppressed), ("given", row.given)]
        .flatMap { kind, tokens in
          tokens.map { place + [kind, "\($0.rank)", "\($0.id)", $0.token, "\($0.score)"] }
        }
    }
  }
}
