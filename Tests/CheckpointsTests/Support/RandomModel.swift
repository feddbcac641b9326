import Checkpoints
import Testing

/// A GGUF file of one block, whose matrices hold random bytes in a storage type.
struct RandomModel {
  let type: TensorType
  var architecture = "llama"
  var dModel = 256
  var dHead = 16
  var nHeads = 16
  var nKVHeads = 4
  var dMLP = 256
  var rotated = 16
  static let dVocab = 7

  /// The bytes of each matrix, by name.
  private(set) var stored: [String: [UInt8]] = [:]

  init(_ type: TensorType, _ change: (inout RandomModel) -> Void = { _ in }) {
    self.type = type
    change(&self)
    var generator = GGUFFuzzTests.SeededGenerator(state: 17)
    for (name, rows, columns) in matrices {
      stored[name] = generator.bytes(rows * bytesPerRow(columns))
    }
  }

  func bytesPerRow(_ columns: Int) -> Int { columns / type.blockSize * type.bytesPerBlock }

  /// One row of a matrix as the file has it.
  func row(_ index: Int, of name: String, columns: Int) -> ArraySlice<UInt8> {
    let size = bytesPerRow(columns)
    return (stored[name] ?? [])[index * size..<(index + 1) * size]
  }

  func checkpoint() throws -> GGUFCheckpoint { try GGUFCheckpoint(openGGUF(file())) }

  func file() -> [UInt8] { builder().build() }

  func builder() -> GGUFBuilder {
    var builder = GGUFBuilder()
    builder.add("general.architecture", architecture)
    for (key, value) in [
      ("block_count", 1), ("embedding_length", dModel), ("attention.head_count", nHeads),
      ("attention.head_count_kv", nKVHeads), ("attention.key_length", dHead),
      ("feed_forward_length", dMLP), ("context_length", 64), ("rope.dimension_count", rotated),
      ("attention.sliding_window", 0),
    ] {
      builder.add("\(architecture).\(key)", value)
    }
    builder.add("\(architecture).attention.layer_norm_rms_epsilon", Float(1e-5))
    for name in ["output_norm.weight", "blk.0.attn_norm.weight", "blk.0.ffn_norm.weight"] {
      builder.addTensor(name, ne: [UInt64(dModel)], filledWith: 1)
    }
    for (name, rows, columns) in matrices {
      builder.addTensor(
        name, ne: [UInt64(columns), UInt64(rows)], type: type.ggufCode, data: stored[name] ?? [])
    }
    return builder
  }

  private var matrices: [(name: String, rows: Int, columns: Int)] {
    let (q, kv) = (nHeads * dHead, nKVHeads * dHead)
    let fused = [
      ("blk.0.attn_qkv.weight", q + 2 * kv, dModel), ("blk.0.ffn_up.weight", 2 * dMLP, dModel),
    ]
    let apart = [
      ("blk.0.attn_q.weight", q, dModel), ("blk.0.attn_k.weight", kv, dModel),
      ("blk.0.attn_v.weight", kv, dModel), ("blk.0.ffn_gate.weight", dMLP, dModel),
      ("blk.0.ffn_up.weight", dMLP, dModel),
    ]
    return (architecture == "phi3" ? fused : apart) + [
      ("token_embd.weight", Self.dVocab, dModel), ("output.weight", Self.dVocab, dModel),
      ("blk.0.attn_output.weight", dModel, q), ("blk.0.ffn_down.weight", dModel, dMLP),
    ]
  }
}

extension GGUFFuzzTests.SeededGenerator {
  /// Returns random bytes, eight from each number.
  mutating func bytes(_ count: Int) -> [UInt8] {
    var words: [UInt64] = []
    for _ in 0..<(count + 7) / 8 { words.append(next()) }
    return words.withUnsafeBytes { Array($0.prefix(count)) }
  }
}

extension TensorType: CustomTestStringConvertible {
  public var testDescription: String { name }

  /// The type's number in GGUF files.
  var ggufCode: UInt32 { (0...99).first { TensorType(ggufCode: $0) == self } ?? .max }
}

/// Returns rows of a weight as its file has them.
func storedRows(_ weight: any Weight, _ rows: Range<Int>) throws -> [UInt8] {
  let type = try #require(weight.rowType)
  var bytes = [UInt8](repeating: 0xaa, count: rows.count * type.bytesPerRow(of: weight.inputs))
  try bytes.withUnsafeMutableBytes { try weight.readRows(rows, into: $0) }
  return bytes
}
