import CKernels
import Checkpoints

extension CPUBackend {
  func normalise(
    _ x: Rows<CPUMatrix>, with norm: NormWeights<CPUMatrix>, into out: Rows<CPUMatrix>, lane: Int
  ) {
    let (width, toBF16) = (x.matrix.columns, out.matrix.format == .bf16)
    eachPart(of: x.range.count, lane: lane, on: .norm) { part in
      let (x, out, weight) = (x.part(part), out.part(part), norm.weight.floats(at: 0))
      switch norm.kind {
      case .rms:
        ck_rms_norm(x.floats, weight, norm.epsilon, part.count, width, out.address, toBF16)
      case .layer:
        ck_layer_norm(
          x.floats, weight, norm.bias?.floats(at: 0), norm.epsilon, part.count, width, out.address,
          toBF16)
      }
    }
  }

  func convert(_ x: Rows<CPUMatrix>, into out: Rows<CPUMatrix>, lane: Int) {
    eachPart(of: x.range.count, lane: lane, on: .rows) { part in
      let (x, out) = (x.part(part), out.part(part))
      ck_convert(
        x.floats, part.count * x.matrix.columns, out.address, out.matrix.format == .bf16)
    }
  }

  func normaliseHeads(
    _ qkv: Rows<CPUMatrix>, heads: HeadLayout, query: NormWeights<CPUMatrix>,
    key: NormWeights<CPUMatrix>, lane: Int
  ) {
    let (stride, dHead) = (qkv.matrix.columns, heads.dHead)
    eachPart(of: qkv.range.count, lane: lane, on: .norm) { part in
      let rows = qkv.part(part).floats
      ck_head_norm(
        rows, stride, query.weight.floats(at: 0), query.epsilon, part.count, heads.nHeads, dHead)
      ck_head_norm(
        rows + heads.nHeads * dHead, stride, key.weight.floats(at: 0), key.epsilon, part.count,
        heads.nKVHeads, dHead)
    }
  }

  func rotate(
    _ qkv: Rows<CPUMatrix>, heads: HeadLayout, positions: ArraySlice<Int32>,
    table: RotaryTable<CPUMatrix>, lane: Int
  ) {
    eachPart(of: qkv.range.count, lane: lane, on: .rotary) { part in
      positions.withUnsafeBufferPointer { positions in
        ck_rope(
          qkv.part(part).floats, qkv.matrix.columns,
          positions.baseAddress.map { $0 + part.lowerBound }, part.count,
          heads.nHeads + heads.nKVHeads, heads.dHead, table.cosine.floats(at: 0),
          table.sine.floats(at: 0), table.half)
      }
    }
  }

  func attend(
    _ queries: Queries, over keysValues: KeysValues<CPUMatrix>, from qkv: CPUMatrix,
    heads: HeadLayout, window: Int?, trie: CPUTrie, into out: Rows<CPUMatrix>, lane: Int
  ) throws(EngineError) {
    let floats = ck_attention_scratch(trie.maxContext)
    try share(of: queries.rows.count, lane: lane) { (lane, part) throws(EngineError) in
      let lane = lanes[lane]
      let scratch = try lane.scratch(bytes: floats * 4).assumingMemoryBound(to: Float.self)
      let target = out.part(part).address
      lane.clock.time(.attention) {
        trie.withKernelView(qkv: qkv, over: keysValues, heads: heads, window: window) { view in
          queries.rows.withUnsafeBufferPointer { rows in
            queries.places.withUnsafeBufferPointer { places in
              ck_attend(
                view, rows.baseAddress.map { $0 + part.lowerBound },
                places.baseAddress.map { $0 + part.lowerBound }, part.count, scratch, target,
                out.matrix.format == .bf16)
            }
          }
        }
      }
    }
  }

  func copyKeysValues(
    _ pairs: [(from: Int, to: Int)], of qkv: Rows<CPUMatrix>, heads: HeadLayout,
    to cache: CPUMatrix, lane: Int
  ) {
    eachPart(of: pairs.count, lane: lane, on: .rows) { part in
      for pair in pairs[part] {
        let row = qkv.matrix.floats(at: qkv.range.lowerBound + pair.from) + heads.keyColumn
        if cache.format == .f16 {
          ck_convert_to_f16(row, heads.keyValueWidth, cache.address(at: pair.to))
        } else {
          cache.floats(at: pair.to).update(from: row, count: heads.keyValueWidth)
        }
      }
    }
  }

  func roundKeysValues(_ qkv: Rows<CPUMatrix>, heads: HeadLayout, lane: Int) {
    guard precision == .bf16 else { return }
    eachPart(of: qkv.range.count, lane: lane, on: .rows) { part in
      for row in qkv.part(part).range {
        ck_round_to_f16(qkv.matrix.floats(at: row) + heads.keyColumn, heads.keyValueWidth)
      }
    }
  }

  func activate(_ hidden: Rows<CPUMatrix>, mlp: MLP, into out: Rows<CPUMatrix>, lane: Int) {
    let (width, toBF16) = (out.matrix.columns, out.matrix.format == .bf16)
    eachPart(of: hidden.range.count, lane: lane, on: .activation) { part in
      let (hidden, out) = (hidden.part(part), out.part(part))
      let kernel = mlp.activation.kernel
      if mlp.isGated {
        ck_gate(kernel, hidden.floats, part.count, width, out.address, toBF16)
      } else {
        ck_activate(kernel, hidden.floats, part.count * width, out.address, toBF16)
      }
    }
  }

  func addBias(_ bias: CPUMatrix, to x: Rows<CPUMatrix>, lane: Int) {
    eachPart(of: x.range.count, lane: lane, on: .rows) { part in
      ck_add_bias(x.part(part).floats, bias.floats(at: 0), part.count, x.matrix.columns)
    }
  }

  func softcap(_ x: Rows<CPUMatrix>, cap: Float, lane: Int) {
    eachPart(of: x.range.count, lane: lane, on: .activation) { part in
      ck_softcap(x.part(part).floats, part.count * x.matrix.columns, cap)
    }
  }

  func add(_ y: Rows<CPUMatrix>, to x: Rows<CPUMatrix>, lane: Int) {
    eachPart(of: x.range.count, lane: lane, on: .rows) { part in
      let sum = x.part(part).floats
      ck_add(sum, y.part(part).floats, part.count * x.matrix.columns, sum)
    }
  }

  func copyRows(
    _ pairs: [(from: Int, to: Int)], of source: Rows<CPUMatrix>, to target: CPUMatrix, lane: Int
  ) {
    lanes[lane].clock.time(.rows) {
      for pair in pairs {
        let row = source.matrix.floats(at: source.range.lowerBound + pair.from)
        target.floats(at: pair.to).update(from: row, count: target.columns)
      }
    }
  }

  func edit(_ rows: Rows<CPUMatrix>, _ edits: [RowEdit], vectors: CPUMatrix?, lane: Int) {
    let width = rows.matrix.columns
    lanes[lane].clock.time(.rows) {
      for edit in edits {
        let row = rows.matrix.floats(at: rows.range.lowerBound + edit.place)
        switch (edit.change, vectors) {
        case (.add(let vector, let coefficient), let vectors?):
          ck_add_scaled(row, vectors.floats(at: vector), coefficient, width)
        case (.projectOut(let vector), let vectors?):
          ck_project_out(row, vectors.floats(at: vector), width)
        case (.replace(let vector), let vectors?):
          row.update(from: vectors.floats(at: vector), count: width)
        case (.scale(let factor), _): ck_scale(row, factor, width)
        case (.zero, _): row.update(repeating: 0, count: width)
        case (.add, nil), (.projectOut, nil), (.replace, nil):
          preconditionFailure("an edit names a vector of a table that has none")
        }
      }
    }
  }

  func withRows<Result>(
    _ rows: Rows<CPUMatrix>, _ body: (UnsafeMutableBufferPointer<Float>) -> Result
  ) -> Result {
    body(
      UnsafeMutableBufferPointer(
        start: rows.floats, count: rows.range.count * rows.matrix.columns))
  }
}

extension CPUBackend {
  /// Rows from which on it pays to call the other workers for a pass over them.
  private static let sharedRows = 16

  /// Calls `work` with all of `0..<rows`, or on the joint lane with parts of it on all workers.
  private func eachPart(
    of rows: Int, lane: Int, on kernel: KernelClock.Kernel,
    _ work: @Sendable (_ part: Range<Int>) -> Void
  ) {
    guard rows >= Self.sharedRows else { return lanes[lane].clock.time(kernel) { work(0..<rows) } }
    share(of: rows, lane: lane) { lane, part in
      lanes[lane].clock.time(kernel) { work(part) }
    }
  }
}

extension MLP.Activation {
  fileprivate var kernel: ck_activation {
    switch self {
    case .silu: CK_SILU
    case .gelu: CK_GELU
    case .geluTanh: CK_GELU_TANH
    }
  }
}

extension CPUTrie {
  /// Calls `body` with the trie, the queries in `qkv` and the keys and values in the kernel's form.
  fileprivate func withKernelView(
    qkv: CPUMatrix, over keysValues: KeysValues<CPUMatrix>, heads: HeadLayout, window: Int?,
    _ body: (UnsafePointer<ck_trie_attention>) -> Void
  ) {
    segmentOfRow.withUnsafeBufferPointer { segmentOfRow in
      firstRow.withUnsafeBufferPointer { firstRow in
        spanOffset.withUnsafeBufferPointer { spanOffset in
          spanStart.withUnsafeBufferPointer { spanStart in
            spanCount.withUnsafeBufferPointer { spanCount in
              var view = ck_trie_attention(
                q: qkv.floats(at: 0), q_stride: qkv.columns,
                kv: keysValues.matrix.address(at: 0, column: keysValues.column),
                kv_stride: keysValues.matrix.columns,
                kv_is_f16: keysValues.matrix.format == .f16, is_cold: keysValues.isCold,
                n_heads: heads.nHeads, n_kv_heads: heads.nKVHeads, d_head: heads.dHead,
                scale: heads.scale,
                softcap: heads.softcap ?? 0, window: window ?? 0,
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
