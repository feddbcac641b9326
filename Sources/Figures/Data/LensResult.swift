import ActivationStore
import ResultSchemas

/// The logit lens as tables, from the group `/lens`: rows are layers.
enum LensResult {
  static let group = LensSchema.group

  case states(LensStates)
  case vectors(LensVectors)

  init(_ fields: ResultFields) throws(StoreError) {
    switch try fields.text(LensSchema.of) {
    case "states": self = .states(try LensStates(fields))
    case "vectors": self = .vectors(try LensVectors(fields))
    case let other: throw fields.malformed("attribute of", "is '\(other)'")
    }
  }
}

/// Vectors as tokens: what each layer's vector promotes and suppresses.
struct LensVectors {
  /// A vector's name, such as `layer 3` or `middle 9–19`.
  let names: [String]
  /// Per vector, the tokens from the first place on with their scores.
  let promoted: [[LensCell]]
  let suppressed: [[LensCell]]

  init(_ fields: ResultFields) throws(StoreError) {
    let layers = try fields.integers(LensSchema.layer)
    var names = layers.map(String.init)
    var promoted = try Self.rows(fields, LensSchema.layers.promoted, count: layers.count)
    var suppressed = try Self.rows(fields, LensSchema.layers.suppressed, count: layers.count)
    if fields.has(LensSchema.segment) {
      let segments = try fields.texts(LensSchema.segment)
      let sizes: AxisSizes = ["segment": segments.count]
      let first = try fields.integers(LensSchema.segmentFirstLayer, sizes)
      let last = try fields.integers(LensSchema.segmentLastLayer, sizes)
      names = segments.indices.map { "\(segments[$0]) \(first[$0])–\(last[$0])" } + names
      let schema = LensSchema.segments
      promoted = try Self.rows(fields, schema.promoted, count: segments.count) + promoted
      suppressed = try Self.rows(fields, schema.suppressed, count: segments.count) + suppressed
    }
    (self.names, self.promoted, self.suppressed) = (names, promoted, suppressed)
  }

  private static func rows(
    _ fields: ResultFields, _ schema: LensSchema.Tokens, count: Int
  ) throws(StoreError) -> [[LensCell]] {
    let width = fields.shape(schema.token.name).last ?? 0
    let tokens = try fields.texts(schema.token.name, shape: [count, width])
    let scores = try fields.numbers(schema.score.name, shape: [count, width])
    return (0..<count).map { row in
      (row * width..<(row + 1) * width).map { LensCell(token: tokens[$0], value: scores[$0]) }
    }
  }
}

/// A token and its score or probability.
struct LensCell: Equatable {
  let token: String
  let value: Double
}

/// A token with its spaces shown: a space is `␣`, a newline `⏎`.
func visible(_ token: String) -> String {
  token.replacing(" ", with: "␣").replacing("\n", with: "⏎").replacing("\t", with: "⇥")
}
