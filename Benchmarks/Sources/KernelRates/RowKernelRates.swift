import CKernels
import Checkpoints
import Foundation
import SteeringEngine

/// The kernels that work row by row, on a tile of rows that stays in a core's cache.
struct RowKernelRates {
  let config: ModelConfig
  let team: Team

  /// Norm and gated activation into inputs of products of `precision`, in bytes read and written.
  func intoProducts(_ precision: Precision) -> [Rate] {
    let toBF16 = precision == .bf16
    let outputBytes = toBF16 ? 2 : 4
    let (rows, width, hidden) = (OneDNN.tileRows, config.dModel, config.dMLP)
    let inputs = perLane(rows * max(width, 2 * hidden))
    let outputs = perLane(rows * max(width, hidden))
    let scale = Buffer(count: width)
    let epsilon = config.norm.epsilon
    let norm = team.measure { lane in
      ck_rms_norm(
        inputs[lane].floats, scale.floats, epsilon, rows, width, outputs[lane].base, toBF16)
    }
    let gate = team.measure { lane in
      ck_gate(CK_SILU, inputs[lane].floats, rows, hidden, outputs[lane].base, toBF16)
    }
    return [
      bandwidth("rms_norm", width, norm, bytes: rows * width * (4 + outputBytes), precision),
      bandwidth("swiglu", hidden, gate, bytes: rows * hidden * (8 + outputBytes), precision),
    ]
  }

  /// Rotary embedding and residual addition, which are float32 in both precisions.
  func inPlace() -> [Rate] {
    let (rows, width) = (OneDNN.tileRows, config.dModel)
    let (heads, stride) = (config.nHeads + config.nKVHeads, TrieInput.stride(config))
    let rotated = perLane(rows * stride)
    let (dHead, half) = (config.dHead, config.dHead / 2)
    // Real angles: anything else would shrink or swell the rows from call to call.
    let angles = (0..<rows * half).map { Float($0) * 0.01 }
    let (cosine, sine) = (Buffer(angles.map { cos($0) }), Buffer(angles.map { sin($0) }))
    let positions = (0..<Int32(rows)).map { $0 }
    let rope = team.measure { lane in
      ck_rope(
        rotated[lane].floats, stride, positions, rows, heads, dHead, cosine.floats, sine.floats,
        half)
    }
    let (left, right, sums) = (perLane(rows * width), perLane(rows * width), perLane(rows * width))
    let add = team.measure { lane in
      ck_add(left[lane].floats, right[lane].floats, rows * width, sums[lane].floats)
    }
    return [
      bandwidth("rope", heads * dHead, rope, bytes: rows * heads * dHead * 8, .f32),
      bandwidth("add", width, add, bytes: rows * width * 12, .f32),
    ]
  }

  /// Attention of a tile of queries over `context` positions, of which `shared` are a common prefix.
  func attention(shared: Int, context: Int, _ precision: Precision) -> Rate {
    let (rows, config) = (OneDNN.tileRows, config)
    let input = TrieInput(config: config, shared: shared, own: context - shared, queries: rows)
    let outputs = perLane(rows * config.nHeads * config.dHead)
    let scratch = perLane(
      ck_attention_scratch(context))
    let time = team.measure { lane in
      input.withView { view in
        ck_attend(
          view, input.queries, input.queries, rows, scratch[lane].floats, outputs[lane].base,
          precision == .bf16)
      }
    }
    let pairs = input.queryContexts.reduce(0, +)
    return Rate(
      kernel: "attention", shape: "\(rows) rows, context \(context), \(shared) shared",
      precision: precision.rawValue, time: time,
      work: 4 * Double(pairs * config.nHeads * config.dHead) / 1e9, threads: team.threads,
      unit: "GFLOP/s")
  }

  private func perLane(_ count: Int) -> [Buffer] {
    (0..<team.threads).map { Buffer(count: count, seed: UInt64($0 + 1)) }
  }

  private func bandwidth(
    _ kernel: String, _ width: Int, _ time: Samples, bytes: Int, _ precision: Precision
  ) -> Rate {
    Rate(
      kernel: kernel, shape: "\(OneDNN.tileRows) rows of \(width)", precision: precision.rawValue,
      time: time, work: Double(bytes) / 1e9, threads: team.threads, unit: "GB/s")
  }
}

/// Random queries, keys and values of sequences that share a prefix, as attention reads them.
private struct TrieInput: Sendable {
  /// The rows that attend: the last ones of the trie.
  let queries: [Int32]
  /// [query]: the count of positions it attends to.
  let queryContexts: [Int]
  private let config: ModelConfig
  private let qkv: Buffer
  private let segmentOfRow: [Int32]
  private let firstRow: [Int32]
  private let spanOffset: [Int32]
  private let spanStart: [Int32]
  private let spanCount: [Int32]

  static func stride(_ config: ModelConfig) -> Int {
    (config.nHeads + 2 * config.nKVHeads) * config.dHead
  }

  /// Lays out a prefix of `shared` rows, then sequences that go on for `own` rows each.
  init(config: ModelConfig, shared: Int, own: Int, queries: Int) {
    let leaves = (queries + own - 1) / own
    let rowCount = shared + leaves * own
    self.config = config
    qkv = Buffer(count: rowCount * Self.stride(config))
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
                q: qkv.floats, q_stride: Self.stride(config),
                kv: qkv.floats + config.nHeads * config.dHead, kv_stride: Self.stride(config),
                kv_is_f16: false, is_cold: false,
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
