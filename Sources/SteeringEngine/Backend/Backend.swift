import Checkpoints

/// A device that runs the forward pass: opaque storage, and the few operations on rows of it.
///
/// Work is cut into tiles of rows. A tile runs on one lane (a worker thread, a stream), on which
/// operations follow one another in order; different lanes may run at the same time. A tile of few
/// rows may get a lane on which operations use the whole device. Every operation computes each row
/// by itself, so the cut into tiles never shows in a result.
protocol Backend: Sendable {
  /// `[row, column]` storage on the device.
  associatedtype Matrix: Sendable
  /// The packed weight of a matrix product.
  associatedtype Linear: Sendable
  /// What finds the largest outputs of a matrix product.
  associatedtype Screen: Sendable
  /// An ``Ancestry`` on the device.
  associatedtype Trie: Sendable

  var laneCount: Int { get }
  /// The most rows that a tile has.
  var maxTileRows: Int { get }

  /// Returns zeroed storage for float32 rows, or for rows that feed matrix products.
  func makeMatrix(rows: Int, columns: Int, feedsProducts: Bool) throws(EngineError) -> Matrix
  /// Returns zeroed storage for keys and values, in 16 bits where products have 16.
  func makeCache(rows: Int, heads: HeadLayout) throws(EngineError) -> Matrix
  func upload(_ values: [Float], columns: Int) throws(EngineError) -> Matrix
  func columns(of matrix: Matrix) -> Int
  func download(_ matrix: Matrix, rows: Int) throws(EngineError) -> [Float]
  func makeTrie(_ ancestry: Ancestry) throws(EngineError) -> Trie

  /// Packs the weight `[outputs, inputs]` of y = x Wᵀ, whose outputs are those of `parts`, one after
  /// another.
  ///
  /// - Throws: ``EngineError/checkpoint(_:)``, also where a number is not finite.
  func makeLinear(_ parts: [any Weight]) throws(EngineError) -> Linear
  /// The memory that a packed weight takes, in bytes.
  func byteCount(of weight: any Weight) -> Int

  /// Calls `body` with a lane and a tile for tiles that cover `0..<rows`, and waits for all.
  ///
  /// - Throws: The first error of `body`; ``EngineError/interrupted`` when `shouldStop` turns true.
  func forEachTile(
    of rows: Int, shouldStop: @Sendable () -> Bool,
    _ body: @Sendable (_ lane: Int, _ tile: Range<Int>) throws(EngineError) -> Void
  ) throws(EngineError)

  /// Calls `body` for each of `0..<rows`, on the host's threads, and waits for all.
  func forEachRow(
    of rows: Int, _ body: @Sendable (_ row: Int) throws(EngineError) -> Void
  ) throws(EngineError)

  /// out = norm(x), row by row; `out` may be `x`.
  func normalise(
    _ x: Rows<Matrix>, with norm: NormWeights<Matrix>, into out: Rows<Matrix>, lane: Int)
  /// out = x, in the number format of `out`.
  func convert(_ x: Rows<Matrix>, into out: Rows<Matrix>, lane: Int)
  /// Normalises each query head and each key head of `qkv`, in place.
  func normaliseHeads(
    _ qkv: Rows<Matrix>, heads: HeadLayout, query: NormWeights<Matrix>, key: NormWeights<Matrix>,
    lane: Int)
  /// out = x Wᵀ.
  func multiply(
    _ x: Rows<Matrix>, by weight: Linear, into out: Rows<Matrix>, lane: Int) throws(EngineError)
  /// Packs what finds the largest outputs of a product with `weight`, which is `table` alone; nil where
  /// the device has nothing that is faster than computing all, or a number is too large.
  func makeScreen(for weight: Linear, from table: any Weight) throws(EngineError) -> Screen?
  /// [row]: outputs of x Wᵀ, as ``multiply(_:by:into:lane:)`` computes them, among which are the
  /// largest and all that are as large as the largest that is not in the row's set of `penalised`.
  ///
  /// nil where that cannot be told for every row.
  func largest(
    of x: Rows<Matrix>, by weight: Linear, screen: Screen, penalised: [TokenSet?], lane: Int
  ) throws(EngineError) -> [[ScoredOutput]]?
  /// Turns the query and key heads of `qkv`, in place; [row]: the position of each row.
  func rotate(
    _ qkv: Rows<Matrix>, heads: HeadLayout, positions: ArraySlice<Int32>,
    table: RotaryTable<Matrix>, lane: Int)
  /// Attention of the trie rows `queries` over their ancestors; out row i belongs to queries[i].
  ///
  /// With a `window`, a query sees only that many positions, its own included.
  func attend(
    _ queries: Queries, over keysValues: KeysValues<Matrix>, from qkv: Matrix, heads: HeadLayout,
    window: Int?, trie: Trie, into out: Rows<Matrix>, lane: Int) throws(EngineError)
  /// Rounds keys and values of `qkv` to what a cache can hold, in place.
  func roundKeysValues(_ qkv: Rows<Matrix>, heads: HeadLayout, lane: Int)
  /// Copies keys and values of `qkv` rows, rounded, into a cache `[row, 2 nKVHeads · dHead]`.
  func copyKeysValues(
    _ pairs: [(from: Int, to: Int)], of qkv: Rows<Matrix>, heads: HeadLayout, to cache: Matrix,
    lane: Int)
  /// out = act(hidden), or act(gate) · up where a row of `hidden` is the gate followed by the up
  /// projection.
  func activate(_ hidden: Rows<Matrix>, mlp: MLP, into out: Rows<Matrix>, lane: Int)
  /// x += bias, the same row for every row of x.
  func addBias(_ bias: Matrix, to x: Rows<Matrix>, lane: Int)
  /// x = cap · tanh(x / cap).
  func softcap(_ x: Rows<Matrix>, cap: Float, lane: Int)
  /// x += y.
  func add(_ y: Rows<Matrix>, to x: Rows<Matrix>, lane: Int)
  /// Changes single rows, in the order of `edits`; places count from the start of `rows`.
  func edit(_ rows: Rows<Matrix>, _ edits: [RowEdit], vectors: Matrix?, lane: Int)
  /// Lets the host read and change rows, `[row, column]`.
  func withRows<Result>(
    _ rows: Rows<Matrix>, _ body: (UnsafeMutableBufferPointer<Float>) -> Result
  ) -> Result
  /// Copies row pairs; indices count from the starts of `source` and `target`.
  func copyRows(
    _ pairs: [(from: Int, to: Int)], of source: Rows<Matrix>, to target: Matrix, lane: Int)
}

/// Consecutive rows of a matrix.
struct Rows<Matrix: Sendable>: Sendable {
  var matrix: Matrix
  var range: Range<Int>

  init(_ matrix: Matrix, _ range: Range<Int>) {
    self.matrix = matrix
    self.range = range
  }

  /// Some of the rows, counted from the first.
  func part(_ part: Range<Int>) -> Rows {
    Rows(matrix, range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)
  }
}

/// An output of a matrix product.
struct ScoredOutput: Sendable {
  var output: Int32
  var score: Float
}

/// Rows that attend.
struct Queries: Sendable {
  /// Their trie rows.
  var rows: ArraySlice<Int32>
  /// The rows that hold their query heads.
  var places: ArraySlice<Int32>
}

/// Where the rows of a trie have their keys and values.
struct KeysValues<Matrix: Sendable>: Sendable {
  var matrix: Matrix
  /// The column at which the key heads begin; the value heads follow them.
  var column: Int
  /// Whether they are so many that they come from memory at every step.
  var isCold: Bool
}

/// How a row of the joint query, key and value projection is cut into heads.
struct HeadLayout: Hashable, Sendable {
  var nHeads: Int
  var nKVHeads: Int
  var dHead: Int
  /// The factor on query-key products, usually 1 / sqrt(dHead).
  var scale: Float
  /// The bound of scaled products, cap · tanh(score / cap); nil for none.
  var softcap: Float?

  /// The column of a row at which keys and values begin.
  var keyColumn: Int { nHeads * dHead }
  /// Columns of the keys and values of a row.
  var keyValueWidth: Int { 2 * nKVHeads * dHead }
  /// Columns of a row: all query heads, then all key heads, then all value heads.
  var width: Int { (nHeads + 2 * nKVHeads) * dHead }
}

/// The weights of a norm, as one row each, and how it works.
struct NormWeights<Matrix: Sendable>: Sendable {
  var weight: Matrix
  var bias: Matrix?
  var kind: Norm.Kind
  var epsilon: Float
}

/// cos and sin of the rotary angles, `[position, half]` each.
struct RotaryTable<Matrix: Sendable>: Sendable {
  var cosine: Matrix
  var sine: Matrix
  /// Rotated pairs of columns in a head.
  var half: Int
}
