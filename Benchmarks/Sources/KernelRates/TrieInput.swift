import CKernels
import Checkpoints
import SteeringEngine

/// Random queries, keys and values of sequences that share a prefix, as attention reads them.
struct TrieInput: Sendable {
  /// The rows that attend: the last ones of the trie.
  let queries: [Int32]
  /// [query]: the count of positions it attends to.
  let queryContexts: [Int]
  private let config: ModelConfig
  private let precision: Precision
  /// [row]: queries, and room for keys and values as a run has them.
  private let q: Buffer
  /// [row]: keys and values, float16 beside bf16 products.
  private let kv: Buffer
  private let segmentOfRow: [Int32]
  private let firstRow: [Int32]
  private let spanOffset: [Int32]
  private let spanStart: [Int32]
  private let spanCount: [Int32]

  static func stride(_ config: ModelConfig) -> Int {
    (config.nHeads + 2 * config.nKVHeads) * config.dHead
  }

  private static func keyValueWidth(_ config: ModelConfig) -> Int {
    2 * config.nKVHeads * config.dHead
  }

  /// Lays out a prefix of `shared` rows, then sequences that go on for `own` rows each.
  init(config: ModelConfig, shared: Int, own: Int, queries: Int, _ precision: Precision) {
    let leaves = (queries + own - 1) / own
    let rowCount = shared + leaves * own
    (self.config, self.precision) = (config, precision)
    q = Buffer(count: rowCount * Self.stride(config))
    let count = rowCount * Self.keyValueWidth(config)
    let numbers = Buffer(count: count, seed: 2)
    kv = precision == .bf16 ? numbers.float16(count: count) : numbers
    segmentOfRow =
      [Int32](repeating: 0, count: shared)
      + (0..<leaves).flatMap { [Int32](repeating: Int32($0 + 1), count: own) }
    firstRow = [0] + (0..<leaves).map { Int32(shared + $0 * own) }
    spanOffset = [0] + (0...leaves).map { Int32($0) }
    spanStart = [Int32](repeating: 0, count: leaves)
    spanCount = [Int32](repeating: Int32(shared), count: leaves)
    self.queries = (rowCount - queries..<rowCount).map { Int32($0) }
    queryContexts = self.queries.map { shared + (Int($0) - shared) % own + 1 }
  }

  func withView(_ body: (UnsafePointer<ck_trie_attention>) -> Void) {
    segmentOfRow.withUnsafeBufferPointer { segmentOfRow in
      firstRow.withUnsafeBufferPointer { firstRow in
        spanOffset.withUnsafeBufferPointer { spanOffset in
          spanStart.withUnsafeBufferPointer { spanStart in
            spanCount.withUnsafeBufferPointer { spanCount in
              var view = ck_trie_attention(
                q: q.floats, q_stride: Self.stride(config), kv: kv.base,
                kv_stride: Self.keyValueWidth(config), kv_is_f16: precision == .bf16,
                is_cold: false,
                n_heads: config.nHeads, n_kv_heads: config.nKVHeads, d_head: config.dHead,
                scale: config.attentionScale, softcap: config.attentionSoftcap ?? 0, window: 0,
                segment_of_row: segmentOfRow.baseAddress, first_row: firstRow.baseAddress,
                span_offset: spanOffset.baseAddress, span_start: spanStart.baseAddress,
                span_count: spanCount.baseAddress)
              body(&view)
            }
          }
        }
      }
    }
  }
}
