import CKernels
import COneDNN

extension CPUBackend {
  func rmsNorm(
    _ x: Rows<CPUMatrix>, weight: CPUMatrix, epsilon: Float, into out: Rows<CPUMatrix>, lane: Int
  ) {
    lanes[lane].clock.time(.norm) {
      ck_rms_norm(
        x.floats, weight.floats(at: 0), epsilon, x.range.count, x.matrix.columns, out.address,
        out.matrix.format == .bf16)
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
    _ queries: ArraySlice<Int32>, in qkv: CPUMatrix, heads: HeadLayout, trie: CPUTrie,
    into out: Rows<CPUMatrix>, lane: Int
  ) throws(EngineError) {
    let floats = ck_attention_scratch(heads.nHeads, heads.nKVHeads, heads.dHead, trie.maxContext)
    let scratch = try lanes[lane].scratch(bytes: floats * 4).assumingMemoryBound(to: Float.self)
    lanes[lane].clock.time(.attention) {
      trie.withKernelView(qkv: qkv, heads: heads) { view in
        queries.withUnsafeBufferPointer { queries in
          ck_attend(
            view, queries.baseAddress, queries.count, scratch, out.address,
            out.matrix.format == .bf16)
        }
      }
    }
  }

  func swiglu(_ gateUp: Rows<CPUMatrix>, into out: Rows<CPUMatrix>, lane: Int) {
    lanes[lane].clock.time(.gate) {
      ck_swiglu(
        gateUp.floats, gateUp.range.count, out.matrix.columns, out.address,
        out.matrix.format == .bf16)
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

extension CPUTrie {
  /// Calls `body` with the trie and the rows of `qkv` in the attention kernel's form.
  fileprivate func withKernelView(
    qkv: CPUMatrix, heads: HeadLayout, _ body: (UnsafePointer<ck_trie_attention>) -> Void
  ) {
    segmentOfRow.withUnsafeBufferPointer { segmentOfRow in
      firstRow.withUnsafeBufferPointer { firstRow in
        spanOffset.withUnsafeBufferPointer { spanOffset in
          spanStart.withUnsafeBufferPointer { spanStart in
            spanCount.withUnsafeBufferPointer { spanCount in
              var view = ck_trie_attention(
                qkv: qkv.floats(at: 0), stride: qkv.columns, n_heads: heads.nHeads,
                n_kv_heads: heads.nKVHeads, d_head: heads.dHead, scale: heads.scale,
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
