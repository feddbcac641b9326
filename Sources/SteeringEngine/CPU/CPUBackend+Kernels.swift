import CKernels
import Checkpoints
import COneDNN

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

  func multiply(
    _ x: Rows<CPUMatrix>, by weight: PackedLinear, into out: Rows<CPUMatrix>, lane: Int
  ) throws(EngineError) {
    let lane = lanes[lane]
    let rows = x.range.count
    let product = try products.product(rows: rows, n: weight.outputs, k: weight.inputs)
    let scratch = try lane.scratch(bytes: product.scratchBytes)
    let status = lane.clock.time(.product) {
      onednn_matmul_run(
        product.handle, lane.stream, x.address, weight.packed, out.floats, scratch)
    }
    guard status == dnnl_success else {
      throw .device(operation: "multiply", status: Int(status.rawValue))
    }
    lane.clock.productOperations += 2 * Double(rows) * Double(weight.outputs * weight.inputs)
  }

  func rotate(
    _ qkv: Rows<CPUMatrix>, heads: HeadLayout, trie: CPUTrie, table: RotaryTable<CPUMatrix>,
    lane: Int
  ) {
    lanes[lane].clock.time(.rotary) {
      trie.positions.withUnsafeBufferPointer { positions in
        guard let positions = positions.baseAddress else { return }
        ck_rope(
          qkv.floats, qkv.matrix.columns, positions + qkv.range.lowerBound, qkv.range.count,
          heads.nHeads + heads.nKVHeads, heads.dHead, table.cosine.floats(at: 0),
          table.sine.floats(at: 0), table.half)
      }
    }
  }

  func attend(
    _ queries: ArraySlice<Int32>, in qkv: CPUMatrix, heads: HeadLayout, window: Int?,
    trie: CPUTrie, into out: Rows<CPUMatrix>, lane: Int
  ) throws(EngineError) {
    let floats = ck_attention_scratch(trie.maxContext)
    let scratch = try lanes[lane].scratch(bytes: floats * 4).assumingMemoryBound(to: Float.self)
    lanes[lane].clock.time(.attention) {
      trie.withKernelView(qkv: qkv, heads: heads, window: window) { view in
        queries.withUnsafeBufferPointer { queries in
          ck_attend(
            view, queries.baseAddress, queries.count, scratch, out.address,
            out.matrix.format == .bf16)
        }
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
  /// Calls `body` with the trie and the rows of `qkv` in the attention kernel's form.
  fileprivate func withKernelView(
    qkv: CPUMatrix, heads: HeadLayout, window: Int?,
    _ body: (UnsafePointer<ck_trie_attention>) -> Void
  ) {
    segmentOfRow.withUnsafeBufferPointer { segmentOfRow in
      firstRow.withUnsafeBufferPointer { firstRow in
        spanOffset.withUnsafeBufferPointer { spanOffset in
          spanStart.withUnsafeBufferPointer { spanStart in
            spanCount.withUnsafeBufferPointer { spanCount in
              var view = ck_trie_attention(
                qkv: qkv.floats(at: 0), stride: qkv.columns, n_heads: heads.nHeads,
                n_kv_heads: heads.nKVHeads, d_head: heads.dHead, scale: heads.scale,
                softcap: heads.softcap ?? 0,
                window: window ?? 0,
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
