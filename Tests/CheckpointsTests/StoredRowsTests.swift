import Checkpoints
import Foundation
import Testing

/// Rows of weights as files have them.
@Suite struct StoredRowsTests {
  private static let ranges = [0..<1, 0..<16, 3..<16, 5..<7, 9..<41, 15..<17, 31..<64, 0..<64]

  /// Where rows of heads lie that are stored as pairs, written down from the pairs' side.
  private func pairedOrder(heads: Int, dHead: Int, rotated: Int) -> [Int] {
    var order = Array(0..<heads * dHead)
    for head in 0..<heads {
      for pair in 0..<rotated / 2 {
        order[head * dHead + pair] = head * dHead + 2 * pair
        order[head * dHead + pair + rotated / 2] = head * dHead + 2 * pair + 1
      }
    }
    return order
  }

  /// Compares ranges of rows with those of a tensor, the whole among them.
  private func expect(
    _ weight: any Weight, isRows order: [Int], of name: String, in model: RandomModel,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(weight.rowType == model.type, sourceLocation: sourceLocation)
    #expect(weight.outputs == order.count, sourceLocation: sourceLocation)
    for rows in Self.ranges.map({ $0.clamped(to: 0..<order.count) }) + [0..<order.count] {
      var expected: [UInt8] = []
      for row in rows { expected += model.row(order[row], of: name, columns: weight.inputs) }
      try #expect(
        storedRows(weight, rows) == expected, "\(name) \(rows)", sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: TensorType.allCases)
  func `rows of whole tensors are the file's bytes`(type: TensorType) throws {
    let model = RandomModel(type)
    let checkpoint = try model.checkpoint()
    for (role, name, count) in [
      (.tokenEmbedding, "token_embd.weight", RandomModel.dVocab),
      (.unembedding, "output.weight", RandomModel.dVocab),
      (.block(0, .v), "blk.0.attn_v.weight", 64), (.block(0, .down), "blk.0.ffn_down.weight", 256),
    ] as [(TensorRole, String, Int)] {
      try expect(checkpoint.weight(role), isRows: Array(0..<count), of: name, in: model)
    }
  }

  @Test(arguments: TensorType.allCases, [16, 10])
  func `rows that are stored as pairs come in the order of halves`(
    type: TensorType, rotated: Int
  ) throws {
    let model = RandomModel(type) { $0.rotated = rotated }
    let checkpoint = try model.checkpoint()
    for (part, name, heads) in [
      (.q, "blk.0.attn_q.weight", 16), (.k, "blk.0.attn_k.weight", 4),
    ] as [(BlockTensor, String, Int)] {
      let order = pairedOrder(heads: heads, dHead: 16, rotated: rotated)
      try expect(checkpoint.weight(.block(0, part)), isRows: order, of: name, in: model)
    }
  }

  @Test(arguments: TensorType.allCases)
  func `rows of parts of a stacked tensor are found after those of others`(
    type: TensorType
  ) throws {
    let model = RandomModel(type) { $0.architecture = "phi3" }
    let checkpoint = try model.checkpoint()
    let (qkv, gateUp) = ("blk.0.attn_qkv.weight", "blk.0.ffn_up.weight")
    for (part, name, rows) in [
      (.q, qkv, 0..<256), (.k, qkv, 256..<320), (.v, qkv, 320..<384), (.gate, gateUp, 0..<256),
      (.up, gateUp, 256..<512),
    ] as [(BlockTensor, String, Range<Int>)] {
      try expect(checkpoint.weight(.block(0, part)), isRows: Array(rows), of: name, in: model)
    }
  }

  /// Safetensors files hold these types only.
  @Test(arguments: [TensorType.f32, .f16, .bf16])
  func `rows of parts that are grouped by key-value head are found in every group`(
    type: TensorType
  ) throws {
    let folder = try ModelFolder(copying: "internlm2")
    try folder.storeRandomNumbers(as: type)
    let checkpoint = try HuggingFaceFolder(path: folder.path)
    let (config, name) = (checkpoint.config, "model.layers.1.attention.wqkv.weight")
    let stored = try checkpoint.tensors.tensor(named: name)
    let queries = config.nHeads / config.nKVHeads * config.dHead
    let group = queries + 2 * config.dHead
    for (part, offset, width) in [
      (.q, 0, queries), (.k, queries, config.dHead), (.v, queries + config.dHead, config.dHead),
    ] as [(BlockTensor, Int, Int)] {
      let weight = try checkpoint.weight(.block(1, part))
      #expect(weight.rowType == type)
      let rows = try (0..<weight.outputs).map { output in
        let row = output / width * group + offset + output % width
        return try bytes(of: stored, row..<row + 1)
      }
      for first in 0..<weight.outputs {
        for last in first...weight.outputs {
          try #expect(storedRows(weight, first..<last) == rows[first..<last].flatMap { $0 })
        }
      }
    }
  }

  @Test(arguments: TensorType.allCases)
  func `stored rows unpack to the weight's numbers`(type: TensorType) throws {
    for architecture in ["llama", "phi3"] {
      let model = RandomModel(type) { $0.architecture = architecture }
      try expectNumbers(of: model.checkpoint())
    }
  }

  @Test(arguments: ArchitectureTests.folders)
  func `stored rows of every architecture unpack to the weight's numbers`(name: String) throws {
    try expectNumbers(of: openCheckpoint(path: Fixture.path("architectures/\(name)")))
    guard name != "mistral" else { return }
    try expectNumbers(of: openCheckpoint(path: Fixture.path("architectures/\(name).gguf")))
  }

  private func expectNumbers(of checkpoint: any Checkpoint) throws {
    var count = 0
    for role in checkpoint.config.roles {
      let weight = try checkpoint.weight(role)
      guard let type = weight.rowType else { continue }
      count += 1
      var builder = GGUFBuilder()
      try builder.addTensor(
        "t", ne: [UInt64(weight.inputs), UInt64(weight.outputs)], type: type.ggufCode,
        data: storedRows(weight, 0..<weight.outputs))
      let numbers = try openGGUF(builder.build()).tensor(named: "t").unpacked()
      try #expect(numbers.bitPatterns == unpacked(weight).bitPatterns, "\(role)")
    }
    #expect(count > 0)
  }

  /// A head has 512 KiB, more than is read at once.
  @Test(arguments: [TensorType.f32, .f16, .q80])
  func `rows that need several reads are the same as one by one`(type: TensorType) throws {
    let model = RandomModel(type) {
      ($0.dModel, $0.dHead, $0.nHeads, $0.nKVHeads, $0.dMLP) = (16_384, 32, 2, 1, 32)
      $0.rotated = 32
    }
    let checkpoint = try model.checkpoint()
    let q = try checkpoint.weight(.block(0, .q))
    let order = pairedOrder(heads: 2, dHead: 32, rotated: 32)
    try expect(q, isRows: order, of: "blk.0.attn_q.weight", in: model)
    for weight in [q, try checkpoint.weight(.block(0, .gate))] {
      let whole = try unpacked(weight)
      for row in 0..<weight.outputs {
        let one = try unpacked(weight, rows: row..<row + 1)
        let same = whole[row * weight.inputs..<(row + 1) * weight.inputs]
        #expect(one.bitPatterns == Array(same).bitPatterns)
      }
    }
  }

  @Test func `vectors, transposed and adapted weights have no stored rows`() throws {
    let gpt2 = try openCheckpoint(path: Fixture.path("architectures/gpt2"))
    let llama = try openCheckpoint(path: Fixture.path("architectures/llama"))
    let adapter = try LoRAAdapter(path: Fixture.path("architectures/llama-lora"))
    let adapted = try AdaptedCheckpoint(base: llama, adapters: [(adapter, 1)])
    for weight in [
      try gpt2.weight(.block(0, .up)), try gpt2.weight(.block(0, .upBias)),
      try gpt2.weight(.finalNorm), try adapted.weight(.block(0, .q)),
    ] {
      #expect(weight.rowType == nil)
      var room = [UInt8](repeating: 1, count: 4 * weight.inputs)
      #expect(
        throws: CheckpointError.noStoredRows(outputs: weight.outputs, inputs: weight.inputs)
      ) {
        try room.withUnsafeMutableBytes { try weight.readRows(0..<1, into: $0) }
      }
      #expect(room.allSatisfy { $0 == 1 })
    }
    // What the adapter leaves alone is as it was.
    #expect(try adapted.weight(.tokenEmbedding).rowType == .f32)
  }

  @Test func `rows that do not exist and buffers of the wrong size are refused`() throws {
    let model = RandomModel(.q41)
    for part in [BlockTensor.q, .v] {
      let weight = try model.checkpoint().weight(.block(0, part))
      var room = [UInt8](repeating: 1, count: 2 * model.bytesPerRow(256))
      room.withUnsafeMutableBytes { room in
        for rows in [-1..<1, weight.outputs - 1..<weight.outputs + 1] {
          let beyond = message { () throws(CheckpointError) in
            try weight.readRows(rows, into: room)
          }
          #expect(beyond.contains("rows \(rows) were asked for but it has \(weight.outputs) rows"))
        }
        for rows in [0..<1, 0..<3, 4..<4] {
          let size = message { () throws(CheckpointError) in try weight.readRows(rows, into: room) }
          #expect(size.contains("\(rows.count) rows of 160 bytes do not fit a buffer of 320"))
        }
      }
      #expect(room.allSatisfy { $0 == 1 })
      #expect(try storedRows(weight, 4..<4).isEmpty)
    }
  }

  private func bytes(of tensor: Tensor, _ rows: Range<Int>) throws -> [UInt8] {
    let size = rows.count * tensor.type.bytesPerRow(of: tensor.columns)
    var bytes = [UInt8](repeating: 0xaa, count: size)
    try bytes.withUnsafeMutableBytes { try tensor.readRows(rows, into: $0) }
    return bytes
  }
}

extension ModelFolder {
  /// Writes random numbers in place of those of every tensor.
  fileprivate func storeRandomNumbers(as type: TensorType) throws {
    let file = "\(path)/model.safetensors"
    var builder = SafetensorsBuilder()
    var generator = GGUFFuzzTests.SeededGenerator(state: 23)
    for info in try SafetensorsFile(path: file).tensors {
      let size = info.shape.reduce(1, *) * type.bytesPerBlock
      try builder.add(
        info.name, type: type.name, shape: info.shape, data: generator.bytes(size))
    }
    try Data(builder.build()).write(to: URL(fileURLWithPath: file))
  }
}
