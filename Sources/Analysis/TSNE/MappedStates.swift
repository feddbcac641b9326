import ActivationStore
import Numerics
import TSNE

/// Which states of prompts are embedded.
public enum MappedStates: String, CaseIterable, Sendable {
  /// The state at the query end minus the one at the last token of the response: a_t of SCANS.
  case transition
  case queryEnd = "query-end"
  case last

  /// `[prompt, d_model]`.
  func points(_ reader: ActivationReader, layer: Int) throws(MapError) -> Points {
    switch self {
    case .transition:
      let rows = try Self.vectors { () throws(VectorError) in
        try TransitionStates(reader).transitions(layer: layer)
      }
      return try Self.points(
        rows.flatMap { $0.map(Float.init) }, count: rows.count, reader, layer: layer)
    case .queryEnd, .last:
      let matrix: ActivationMatrix
      do throws(StoreError) {
        matrix = try reader.matrix(hook: TransitionStates.hook, layer: layer, position: rawValue)
      } catch {
        throw .store(error)
      }
      return try Self.points(matrix.values, count: matrix.rows, reader, layer: layer)
    }
  }

  /// Refuses a file without these states.
  func expect(in reader: ActivationReader) throws(MapError) {
    guard self == .transition else { return }
    let states = try Self.vectors { () throws(VectorError) in try TransitionStates(reader) }
    guard states.hasTransitions else { throw .vectors(.noTransitions(source: reader.path)) }
  }

  private static func vectors<Result>(
    _ body: () throws(VectorError) -> Result
  ) throws(MapError) -> Result {
    do throws(VectorError) { return try body() } catch { throw .vectors(error) }
  }

  private static func points(
    _ values: [Float], count: Int, _ reader: ActivationReader, layer: Int
  ) throws(MapError) -> Points {
    do throws(TSNEError) {
      return try Points(count: count, dimension: values.count / max(count, 1), values: values)
    } catch {
      throw MapError(error, reader: reader, layer: layer)
    }
  }
}
