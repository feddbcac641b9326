import CKernels
import Checkpoints
import SteeringEngine

/// How the engine cuts rows up, as `CPUBackend` has it.
enum EngineTile {
  /// Rows that a thread takes at a time.
  static let rows = 128
  /// Rows of each thread from which on all of them go through all weights; of fewer, threads share
  /// the weights instead.
  static let ownRows = 64
}

/// One of the products of a block: y[m, outputs] = x[m, inputs] Wᵀ.
struct ProductShape: Sendable, Encodable {
  let name: String
  let outputs: Int
  let inputs: Int

  /// The products of a block of `config`, in the order of a run.
  static func all(_ config: ModelConfig) -> [ProductShape] {
    let (queries, keys) = (config.nHeads * config.dHead, config.nKVHeads * config.dHead)
    let isGated = config.mlp.isGated
    return [
      ProductShape(name: "qkv", outputs: queries + 2 * keys, inputs: config.dModel),
      ProductShape(name: "attn_out", outputs: config.dModel, inputs: queries),
      ProductShape(
        name: isGated ? "gate_up" : "up", outputs: (isGated ? 2 : 1) * config.dMLP,
        inputs: config.dModel),
      ProductShape(name: "down", outputs: config.dModel, inputs: config.dMLP),
    ]
  }

  /// The first of the tensors that make the weight.
  var tensor: BlockTensor {
    switch name {
    case "qkv": .q
    case "attn_out": .o
    case "down": .down
    default: .up
    }
  }

  var panels: Int { (outputs + StoredRows.panelOutputs - 1) / StoredRows.panelOutputs }

  var description: String { "\(name) [\(outputs), \(inputs)]" }
}

/// A packed weight: one random panel again and again, which takes as long as different ones.
final class PackedWeight: Sendable {
  let shape: ProductShape
  let format: WeightFormat
  /// How often the weight is there, so that each product can read another copy.
  let copies: Int
  /// Bytes of a copy.
  let byteCount: Int
  private let memory: LargeMemory

  /// Fills `memory`, until another weight is packed into it, or just enough of its own.
  init(_ shape: ProductShape, _ format: WeightFormat, in memory: LargeMemory? = nil) throws {
    let stored = StoredRows(panels: 1, inputs: shape.inputs, format: format)
    (self.shape, self.format) = (shape, format)
    byteCount = shape.panels * stored.packedBytes
    self.memory = try memory ?? LargeMemory(byteCount: byteCount)
    copies = self.memory.byteCount / byteCount
    let panel = Buffer(zeroedBytes: stored.packedBytes)
    stored.pack(into: panel.base)
    for place in stride(from: 0, to: copies * byteCount, by: stored.packedBytes) {
      (self.memory.base + place).copyMemory(from: panel.base, byteCount: stored.packedBytes)
    }
  }

  func view(copy: Int) -> ck_weight {
    ck_weight(
      format: format.code, outputs: shape.outputs, inputs: shape.inputs,
      panels: memory.base + copy % copies * byteCount)
  }
}

/// Some rows times a weight, with the kernels of a family.
struct Product: Sendable {
  let weight: PackedWeight
  let rows: Int
  let precision: Precision
  let instructionSet: InstructionSet

  /// Whether threads share the weight, for the rows are few.
  var isShared: Bool { rows < EngineTile.ownRows }

  /// Floating point operations of one call for all panels, in 10⁹; two for each multiply-add.
  var gigaOperations: Double { 2e-9 * Double(rows) * numbers }

  /// Numbers of the weight.
  var numbers: Double { Double(weight.shape.outputs * weight.shape.inputs) }

  var scratchBytes: Int {
    var call = call(copy: 0)
    return ck_multiply_scratch(&call, rows)
  }

  func call(copy: Int) -> ck_product {
    ck_product(
      weight: weight.view(copy: copy), family: instructionSet.code, is_bf16: precision == .bf16,
      x_stride: weight.shape.inputs, y_stride: weight.shape.outputs)
  }

  /// What a thread computes of it: all, or its part of the panels.
  func panels(of lane: Int, threads: Int) -> Range<Int> {
    let count = weight.shape.panels
    guard isShared else { return 0..<count }
    let step = (count + threads - 1) / threads
    return min(lane * step, count)..<min((lane + 1) * step, count)
  }
}

/// A thread's inputs, outputs and scratch memory for some products.
final class Workplace: @unchecked Sendable {
  private let input: Buffer
  private let output: Buffer
  private let scratch: Buffer
  /// Shared products so far: each reads the next copy of its weight.
  private var turn = 0

  init(_ products: [Product]) {
    func most(_ size: (Product) -> Int) -> Int { products.map(size).max() ?? 0 }
    input = Buffer(
      count: most { $0.rows * $0.weight.shape.inputs }, precision: products[0].precision)
    output = Buffer(zeroedBytes: 4 * most { $0.rows * $0.weight.shape.outputs })
    scratch = Buffer(zeroedBytes: most(\.scratchBytes))
  }

  func run(_ product: Product, panels: Range<Int>) {
    var call = product.call(copy: turn)
    if product.isShared { turn += 1 }
    ck_multiply(
      &call, product.rows, input.base, panels.lowerBound, panels.upperBound, output.floats,
      scratch.base)
  }
}
