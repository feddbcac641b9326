import CKernels
import Checkpoints
import Foundation
import SteeringEngine

/// The kernels that work row by row, on a tile of rows that stays in a core's cache.
struct RowKernelRates {
  /// Contexts of attention: positions of a prefix that all share, and positions in all.
  private static let contexts = [(28, 40), (0, 256), (0, 1024)]

  let config: ModelConfig
  let team: Team
  let peak: Peak

  /// All of them, for products of `precision`.
  func measure(_ precision: Precision) -> [Rate] {
    intoProducts(precision)
      + Self.contexts.map { attention(shared: $0.0, context: $0.1, precision) }
  }

  /// Norm and gated activation into inputs of products of `precision`, in bytes read and written.
  private func intoProducts(_ precision: Precision) -> [Rate] {
    let toBF16 = precision == .bf16
    let outputBytes = toBF16 ? 2 : 4
    let (rows, width, hidden) = (EngineTile.rows, config.dModel, config.dMLP)
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
    let (rows, width) = (EngineTile.rows, config.dModel)
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
  private func attention(shared: Int, context: Int, _ precision: Precision) -> Rate {
    let (rows, config) = (EngineTile.rows, config)
    let input = TrieInput(
      config: config, shared: shared, own: context - shared, queries: rows, precision)
    let outputs = perLane(rows * config.nHeads * config.dHead)
    let scratch = perLane(ck_attention_scratch(context))
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
      precision: precision, time: time,
      work: 4 * Double(pairs * config.nHeads * config.dHead) / 1e9, threads: team.threads,
      unit: "GFLOP/s", peak: peak.multiplyAdds)
  }

  private func perLane(_ count: Int) -> [Buffer] {
    (0..<team.threads).map { Buffer(count: count, seed: UInt64($0 + 1)) }
  }

  private func bandwidth(
    _ kernel: String, _ width: Int, _ time: Samples, bytes: Int, _ precision: Precision
  ) -> Rate {
    Rate(
      kernel: kernel, shape: "\(EngineTile.rows) rows of \(width)", precision: precision,
      time: time, work: Double(bytes) / 1e9, threads: team.threads, unit: "GB/s")
  }
}
