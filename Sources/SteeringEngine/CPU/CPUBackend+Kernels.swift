import CKernels
import Checkpoints

extension CPUBackend {
  func normalise(
    _ x: Rows<CPUMatrix>, with norm: NormWeights<CPUMatrix>, into out: Rows<CPUMatrix>, lane: Int
  ) {
    let (rows, width) = (x.range.count, x.matrix.columns)
    let (weight, toBF16) = (norm.weight.floats(at: 0), out.matrix.format == .bf16)
    lanes[lane].clock.time(.norm) {
      switch norm.kind {
      case .rms:
        ck_rms_norm(x.floats, weight, norm.epsilon, rows, width, out.address, toBF16)
      case .layer:
        ck_layer_norm(
          x.floats, weight, norm.bias?.floats(at: 0), norm.epsilon, rows, width, out.address, toBF16
        )
      }
    }
  }

  func convert(_ x: Rows<CPUMatrix>, into out: Rows<CPUMatrix>, lane: Int) {
    lanes[lane].clock.time(.rows) {
      ck_convert(
        x.floats, x.range.count * x.matrix.columns, out.address, out.matrix.format == .bf16)
    }
  }

  func normaliseHeads(
    _ qkv: Rows<CPUMatrix>, heads: HeadLayout, query: NormWeights<CPUMatrix>,
    key: NormWeights<CPUMatrix>, lane: Int
  ) {
    let (rows, stride, dHead) = (qkv.range.count, qkv.matrix.columns, heads.dHead)
    lanes[lane].clock.time(.norm) {
      ck_head_norm(
        qkv.floats, stride, query.weight.floats(at: 0), query.epsilon, rows, heads.nHeads, dHead)
      ck_head_norm(
        qkv.floats + heads.nHeads * dHead, stride, key.weight.floats(at: 0), key.epsilon, rows,
        heads.nKVHeads, dHead)
    }
  }

  func rotate(
    _ qkv: Rows<CPUMatrix>, heads: HeadLayout, positions: ArraySlice<Int32>,
    table: RotaryTable<CPUMatrix>, lane: Int
  ) {
    lanes[lane].clock.time(.rotary) {
      positions.withUnsafeBufferPointer { positions in
        ck_rope(
          qkv.floats, qkv.matrix.columns, positions.baseAddress, qkv.range.count,
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
      let target = out.matrix.address(at: out.range.lowerBound + part.lowerBound)
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
    lanes[lane].clock.time(.rows) {
      for pair in pairs {
        let row = qkv.matrix.floats(at: qkv.range.lowerBound + pair.from) + heads.keyColumn
        cache.floats(at: pair.to).update(from: row, count: heads.keyValueWidth)
      }
    }
  }

  func activate(_ hidden: Rows<CPUMatrix>, mlp: MLP, into out: Rows<CPUMatrix>, lane: Int) {
    let (rows, width, toBF16) = (hidden.range.count, out.matrix.columns, out.matrix.format == .bf16)
    lanes[lane].clock.time(.activation) {
      if mlp.isGated {
        ck_gate(mlp.activation.kernel, hidden.floats, rows, width, out.address, toBF16)
      } else {
        ck_activate(mlp.activation.kernel, hidden.floats, rows * width, out.address, toBF16)
      }
    }
  }

  func addBias(_ bias: CPUMatrix, to x: Rows<CPUMatrix>, lane: Int) {
    lanes[lane].clock.time(.rows) {
      ck_add_bias(x.floats, bias.floats(at: 0), x.range.count, x.matrix.columns)
    }
  }

  func softcap(_ x: Rows<CPUMatrix>, cap: Float, lane: Int) {
    lanes[lane].clock.time(.activation) {
      ck_softcap(x.floats, x.range.count * x.matrix.columns, cap)
    }
  }

  func add(_ y: Rows<CPUMatrix>, to x: Rows<CPUMatrix>, lane: Int) {
    lanes[lane].clock.time(.rows) {
      ck_add(x.floats, y.floats, x.range.count * x.matrix.columns, x.floats)
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

  func withRow<Result>(
    _ row: Int, of matrix: CPUMatrix, _ body: (UnsafeMutableBufferPointer<Float>) -> Result
  ) -> Result {
    body(UnsafeMutableBufferPointer(start: matrix.floats(at: row), count: matrix.columns))
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
                kv: keysValues.matrix.floats(at: 0) + keysValues.column,
                kv_stride: keysValues.matrix.columns, is_cold: keysValues.isCold,
                n_heads: heads.nHeads,
                n_kv_heads: heads.nKVHeads, d_head: heads.dHead, scale: heads.scale,
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
