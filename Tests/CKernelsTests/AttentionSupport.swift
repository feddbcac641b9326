import CKernels

/// A tree of rows, each after its parent in number: what a token trie is, before it is cut.
struct RowTree {
  /// [row]: the row before it in its sequence, or -1.
  let parents: [Int]

  /// Mostly long branches, some forks at any earlier row, some new roots.
  static func random(rows: Int, using random: inout SeededRandom) -> RowTree {
    var parents = [-1]
    for row in 1..<rows {
      switch Int.random(in: 0..<12, using: &random) {
      case 0: parents.append(-1)
      case 1, 2: parents.append(Int.random(in: 0..<row, using: &random))
      default: parents.append(row - 1)
      }
    }
    return RowTree(parents: parents)
  }

  /// The rows from the root to `row`, itself included.
  func path(to row: Int) -> [Int] {
    var path: [Int] = []
    var next = row
    while next >= 0 {
      path.append(next)
      next = parents[next]
    }
    return path.reversed()
  }

  /// Cuts the tree into segments of consecutive rows, and ancestors into spans, more often than
  /// it must be wherever `cutsHere` says so.
  func cut(_ cutsHere: () -> Bool) -> CutTree {
    var cut = CutTree()
    for row in parents.indices {
      if row == 0 || parents[row] != row - 1 || cutsHere() {
        cut.firstRow.append(Int32(row))
        cut.appendSpans(path(to: parents[row]), cutsHere)
      }
      cut.segmentOfRow.append(Int32(cut.firstRow.count - 1))
    }
    return cut
  }
}

/// The arrays of `ck_trie_attention` that describe segments.
struct CutTree {
  var segmentOfRow: [Int32] = []
  var firstRow: [Int32] = []
  var spanOffset: [Int32] = [0]
  var spanStart: [Int32] = []
  var spanCount: [Int32] = []

  mutating func appendSpans(_ path: [Int], _ cutsHere: () -> Bool) {
    let first = spanStart.count
    for row in path {
      if let start = spanStart.last, let count = spanCount.last, spanStart.count > first,
        start + count == Int32(row), !cutsHere()
      {
        spanCount[spanCount.count - 1] += 1
      } else {
        spanStart.append(Int32(row))
        spanCount.append(1)
      }
    }
    spanOffset.append(Int32(spanStart.count))
  }
}

/// Queries, keys and values of some rows, and how their columns are cut into heads.
struct AttentionInput {
  var heads: Int
  var kvHeads: Int
  var dHead: Int
  var scale: Float
  /// Columns of a row, more than the heads need.
  var stride: Int
  var qkv: [Float]
  /// Whether the kernel gets keys and values as float16 in rows of their own, as a cache has them.
  var readsFloat16 = false
  /// Positions that a query sees, and the bound of scores; 0 for none.
  var window = 0
  var softcap: Float = 0

  init(_ shape: HeadShape, rows: Int, using random: inout SeededRandom) {
    (heads, kvHeads, dHead) = (shape.heads, shape.kvHeads, shape.dHead)
    scale = 1 / Float(dHead).squareRoot()
    stride = (heads + 2 * kvHeads) * dHead + 5
    // Twice the usual size, so that attention is far from uniform.
    qkv = random.floats(rows * stride).map { 2 * $0 }
  }

  func query(_ row: Int, _ head: Int) -> ArraySlice<Float> {
    qkv[row * stride + head * dHead..<row * stride + (head + 1) * dHead]
  }

  func key(_ row: Int, _ head: Int) -> ArraySlice<Float> {
    query(row, heads + head / (heads / kvHeads))
  }

  func value(_ row: Int, _ head: Int) -> ArraySlice<Float> {
    query(row, heads + kvHeads + head / (heads / kvHeads))
  }

  /// The same input with keys and values that are float16 numbers.
  var withRoundedKeysValues: AttentionInput {
    var rounded = self
    for start in Swift.stride(from: 0, to: qkv.count, by: stride) {
      for column in start + heads * dHead..<start + (heads + 2 * kvHeads) * dHead {
        rounded.qkv[column] = Float(Float16(qkv[column]))
      }
    }
    return rounded
  }

  /// Calls `body` with the C kernel's arguments: the trie and scratch memory filled with NaN.
  private func withKernelArguments(
    _ cut: CutTree, _ body: (UnsafePointer<ck_trie_attention>, UnsafeMutablePointer<Float>) -> Void
  ) {
    let floats = ck_attention_scratch(cut.segmentOfRow.count)
    let scratch = UnsafeMutablePointer<Float>.allocate(capacity: floats)
    scratch.initialize(repeating: .nan, count: floats)
    defer { scratch.deallocate() }
    qkv.withUnsafeBufferPointer { qkv in
      withKeysValues { kv, kvStride in
        cut.segmentOfRow.withUnsafeBufferPointer { segmentOfRow in
          cut.firstRow.withUnsafeBufferPointer { firstRow in
            cut.spanOffset.withUnsafeBufferPointer { spanOffset in
              cut.spanStart.withUnsafeBufferPointer { spanStart in
                cut.spanCount.withUnsafeBufferPointer { spanCount in
                  var trie = ck_trie_attention(
                    q: qkv.baseAddress, q_stride: stride, kv: kv, kv_stride: kvStride,
                    kv_is_f16: readsFloat16, is_cold: readsFloat16, n_heads: heads,
                    n_kv_heads: kvHeads, d_head: dHead, scale: scale, softcap: softcap,
                    window: window, segment_of_row: segmentOfRow.baseAddress,
                    first_row: firstRow.baseAddress, span_offset: spanOffset.baseAddress,
                    span_start: spanStart.baseAddress, span_count: spanCount.baseAddress)
                  body(&trie, scratch)
                }
              }
            }
          }
        }
      }
    }
  }

  /// Calls `body` with keys and values as the kernel is to read them, and how far apart rows are.
  private func withKeysValues(_ body: (UnsafeRawPointer?, Int) -> Void) {
    guard readsFloat16 else {
      return qkv.withUnsafeBytes { body($0.baseAddress.map { $0 + 4 * heads * dHead }, stride) }
    }
    let width = 2 * kvHeads * dHead
    var rows: [Float16] = []
    for start in Swift.stride(from: heads * dHead, to: qkv.count, by: stride) {
      rows += qkv[start..<start + width].map { Float16($0) }
      rows.append(.nan)
    }
    rows.withUnsafeBytes { body($0.baseAddress, width + 1) }
  }

  /// `[query, head, dHead]` of the kernel under test.
  func attend(_ queries: [Int32], _ cut: CutTree) -> [Float] {
    output(queries.count * heads * dHead, filledWith: .nan) { out in
      withKernelArguments(cut) { ck_attend($0, queries, queries, queries.count, $1, out, false) }
    }
  }

  /// The same from a kernel that meets the queries in descending order, in which no two of them
  /// follow one another: each is done alone.
  func attendAlone(_ queries: [Int32], _ cut: CutTree) -> [Float] {
    let width = heads * dHead
    let descending = attend(queries.sorted(by: >), cut)
    return Swift.stride(from: descending.count - width, through: 0, by: -width).flatMap { start in
      descending[start..<start + width]
    }
  }

  func attendBF16(_ queries: [Int32], _ cut: CutTree) -> [UInt16] {
    output(queries.count * heads * dHead, filledWith: .max) { out in
      withKernelArguments(cut) { ck_attend($0, queries, queries, queries.count, $1, out, true) }
    }
  }

  func attendPlain(_ queries: [Int32], _ cut: CutTree) -> [Float] {
    output(queries.count * heads * dHead, filledWith: .nan) { out in
      withKernelArguments(cut) {
        ck_attend_plain($0, queries, queries, queries.count, $1, out, false)
      }
    }
  }
}

struct HeadShape: CustomStringConvertible {
  var heads: Int
  var kvHeads: Int
  var dHead: Int
  var description: String { "\(heads) heads, \(kvHeads) key heads, dHead \(dHead)" }

  /// Multi-head attention, and groups of 1, 2, 3, 4, 5 and 8 query heads for each key head.
  static let all = [(4, 4), (1, 1), (2, 1), (6, 2), (8, 2), (5, 1), (10, 2), (8, 1)].flatMap {
    heads in
    [8, 16, 64, 80, 128].map { HeadShape(heads: heads.0, kvHeads: heads.1, dHead: $0) }
  }
}
