import ActivationStore
import Numerics

/// The states of an activation file that refusal vectors and the classifier are about: `resid_post`
/// at the query end, and the transitions from there to the end of the response.
struct TransitionStates: Sendable {
  static let hook = "resid_post"
  static let queryEnd = "query-end"
  static let last = "last"

  let reader: ActivationReader

  var path: String { reader.path }
  var prompts: [StoredPrompt] { reader.contents.prompts }
  var layers: [Int] { reader.contents.layers }

  /// Refuses a file without these states.
  init(_ reader: ActivationReader) throws(VectorError) {
    self.reader = reader
    guard reader.contents.hooks.contains(where: { $0.name == Self.hook }) else {
      throw .store(
        .unknownHook(
          path: reader.path, hook: Self.hook, stored: reader.contents.hooks.map(\.name)))
    }
    let positions = reader.contents.layout.positions
    guard positions.contains(Self.queryEnd) else {
      throw .store(
        .unknownPosition(path: reader.path, position: Self.queryEnd, stored: positions))
    }
  }

  /// Whether every prompt has a response, so that its last token is not the query end.
  var hasTransitions: Bool {
    let positions = reader.contents.layout.positions
    guard let queryEnd = positions.firstIndex(of: Self.queryEnd),
      let last = positions.firstIndex(of: Self.last)
    else { return false }
    return prompts.allSatisfy { $0.positionTokens[queryEnd] != $0.positionTokens[last] }
  }

  /// `[prompt][dModel]`, the states at the query end.
  func queryEnds(layer: Int) throws(VectorError) -> [[Float]] {
    try rows(layer: layer, position: Self.queryEnd)
  }

  /// `[prompt][dModel]`: a_t = a_p - a_e of SCANS' equation 2, the state at the query end minus the one at
  /// the last token.
  func transitions(layer: Int) throws(VectorError) -> [[Double]] {
    let ends = try rows(layer: layer, position: Self.last)
    return zip(try queryEnds(layer: layer), ends).map { difference($0, $1) }
  }

  private func rows(layer: Int, position: String) throws(VectorError) -> [[Float]] {
    do throws(StoreError) {
      let matrix = try reader.matrix(hook: Self.hook, layer: layer, position: position)
      return (0..<matrix.rows).map { Array(matrix[row: $0]) }
    } catch {
      throw .store(error)
    }
  }
}
