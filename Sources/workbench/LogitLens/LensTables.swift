import ActivationStore
import Analysis

/// The lens as a command prints and writes it.
protocol LensTables {
  associatedtype JSON: Encodable

  var json: JSON { get }
  var csvHeader: [String] { get }
  var csvRows: [[String]] { get }
  var group: ResultGroup { get }

  func printTables()
}

/// What every report of the lens says about how it was made.
struct LensContext {
  /// The vectors' or states' origin, for a headline.
  let subject: String
  let modelName: String
  let request: LogitLens.Request
  let texts: TokenTexts
  let layout: LensGroup

  /// One sentence that stands above the tables.
  var headline: String {
    "\(subject), through the unembedding of \(modelName) "
      + (request.applyingFinalNorm ? "after its final norm" : "without its final norm")
  }

  /// A token as tables show it.
  func shown(_ id: Int) -> String { visible(texts.text(of: id)) }

  /// The tokens whose ranks were asked for, as column heads.
  var rankHeads: [String] { request.tokens.map { "rank of " + shown($0) } }

  func json(_ tokens: [TokenScore]) -> [LensToken] {
    tokens.enumerated().map { place, token in
      LensToken(
        id: token.id, token: texts.text(of: token.id), rank: place + 1, score: token.score)
    }
  }

  func json(_ standings: [TokenStanding]) -> [LensToken] {
    standings.map {
      LensToken(id: $0.id, token: texts.text(of: $0.id), rank: $0.rank, score: $0.score)
    }
  }
}

/// A token in JSON.
struct LensToken: Encodable {
  let id: Int
  let token: String
  let rank: Int
  let score: Float
  var probability: Double?
}
