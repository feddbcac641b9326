import CKernels
import Testing

/// Matrix products in every format, with every family that this machine has.
@Suite struct ProductTests {
  /// More outputs than are unpacked together, the last panel not full.
  private static let outputs = 4 * 16 + 2 * 16 + 5

  @Test(arguments: Format.all, Family.all)
  func `a panel unpacks to the numbers of its blocks`(format: Format, family: Family) {
    var random = SeededRandom(seed: 3)
    let inputs = format.blockSize * 3
    let weight = Panels(format, outputs: 16, inputs: inputs, random: &random)
    var expected = [Float](repeating: .nan, count: inputs * 16)
    ck_unpack_panel_plain(format.code, inputs, weight.bytes, &expected)
    let found = family.use {
      var found = [Float](repeating: .nan, count: inputs * 16)
      ck_unpack_panel(format.code, inputs, weight.bytes, &found)
      return found
    }
    #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
  }

  @Test(arguments: Case.all, Family.all)
  func `every output is one sum in order, whatever the rows beside it`(
    product: Case, family: Family
  ) {
    var random = SeededRandom(seed: product.inputs)
    let weight = Panels(
      product.format, outputs: Self.outputs, inputs: product.inputs, random: &random)
    for rows in [1, 2, 3, 4, 5, 6, 7, 13, 25] {
      let x = Inputs(rows: rows, columns: product.inputs, isBF16: product.isBF16, &random)
      let expected = weight.multiplyPlain(x, family)
      let found = weight.multiply(x, family)
      #expect(found == expected, "\(rows) rows")
      // As workers share them: some panels each.
      let parts = weight.multiply(x, family, cuts: [0, 3, 4, 7])
      #expect(parts == expected, "\(rows) rows, in parts")
    }
  }

  @Test(arguments: Case.all, Family.all)
  func `single outputs have the bits that they have among all`(product: Case, family: Family) {
    var random = SeededRandom(seed: product.inputs + 1)
    let weight = Panels(
      product.format, outputs: Self.outputs, inputs: product.inputs, random: &random)
    let x = Inputs(rows: 1, columns: product.inputs, isBF16: product.isBF16, &random)
    let all = weight.multiply(x, family)
    let outputs: [Int32] = [0, 100, 17, 63, 64, 17]
    #expect(weight.multiply(x, family, only: outputs) == outputs.map { all[Int($0)] })
  }

  /// Instructions that take a number below the least normal one for zero stand beside ones that do not.
  @Test(arguments: Case.all, Family.all)
  func `tiny numbers give a row the same bits alone and among others`(
    product: Case, family: Family
  ) {
    var random = SeededRandom(seed: product.inputs + 4)
    let weight = Panels(
      product.format, outputs: Self.outputs, inputs: product.inputs, random: &random)
    let x = Inputs(
      rows: 33, columns: product.inputs, isBF16: product.isBF16, scale: 0x1p-126, &random)
    let all = weight.multiply(x, family)
    for first in [0, 32] {
      let alone = weight.multiply(x.row(first), family)
      #expect(alone[...] == all[(first * Self.outputs)...].prefix(Self.outputs), "row \(first)")
    }
  }

  @Test(arguments: Case.all.filter { !$0.isBF16 })
  func `all families give the same bits in float32`(product: Case) {
    var random = SeededRandom(seed: product.inputs + 2)
    let weight = Panels(
      product.format, outputs: Self.outputs, inputs: product.inputs, random: &random)
    let x = Inputs(rows: 9, columns: product.inputs, isBF16: false, &random)
    let results = Family.all.map { weight.multiply(x, $0) }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// A sum of k products that are each rounded once as they join it is within k u of its size.
  @Test(arguments: Case.all)
  func `products agree with sums in double precision`(product: Case) {
    var random = SeededRandom(seed: product.inputs + 3)
    let (rows, k) = (5, product.inputs)
    let weight = Panels(product.format, outputs: 16, inputs: k, random: &random)
    let x = Inputs(rows: rows, columns: k, isBF16: product.isBF16, &random)
    var numbers = [Float](repeating: 0, count: k * 16)
    ck_unpack_panel_plain(product.format.code, k, weight.bytes, &numbers)
    if product.isBF16 { numbers = numbers.map { float(fromBF16: bf16($0)) } }
    let found = weight.multiply(x, Family.all[0])
    var worst = WorstElement()
    for row in 0..<rows {
      for output in 0..<16 {
        var (sum, size) = (0.0, 0.0)
        for input in 0..<k {
          let term = Double(x.numbers[row * k + input]) * Double(numbers[input * 16 + output])
          sum += term
          size += abs(term)
        }
        worst.note(
          "row \(row), output \(output)", Float(bitPattern: found[row * 16 + output]), sum,
          within: Double(k + 1) * u * size)
      }
    }
    #expect(worst.ratio <= 1, "\(worst)")
  }

  @Test(arguments: Format.all)
  func `a row that is not finite is told by its place in the panel`(format: Format) {
    var random = SeededRandom(seed: 8)
    let inputs = format.blockSize * 2
    var rows = (0..<16).map { _ in format.row(inputs: inputs, &random) }
    format.spoil(&rows[11])
    format.spoil(&rows[13])
    #expect(Panels.pack(format, inputs: inputs, rows: rows).damaged == 11)
  }
}

/// A shape of a product.
struct Case: CustomTestStringConvertible {
  var format: Format
  var inputs: Int
  var isBF16: Bool
  var testDescription: String { "\(format), \(inputs) inputs\(isBF16 ? ", bf16" : "")" }

  /// One block, and more than are unpacked together; of numbers by themselves an odd count.
  static let all = Format.all.flatMap { format in
    [false, true].flatMap { isBF16 -> [Case] in
      // Beside bf16 products weights of single numbers are bfloat16.
      guard !isBF16 || format.blockSize > 1 || format.code == CK_BF16 else { return [] }
      let inputs =
        format.blockSize == 1 ? [7, 256, 331] : [format.blockSize, 512 + format.blockSize]
      return inputs.map { Case(format: format, inputs: $0, isBF16: isBF16) }
    }
  }
}

/// A weight of random rows as panels.
struct Panels {
  let format: Format
  let outputs: Int
  let inputs: Int
  let bytes: [UInt8]

  init(_ format: Format, outputs: Int, inputs: Int, random: inout SeededRandom) {
    (self.format, self.outputs, self.inputs) = (format, outputs, inputs)
    var bytes: [UInt8] = []
    for first in stride(from: 0, to: outputs, by: 16) {
      let rows = (first..<min(first + 16, outputs)).map { _ in format.row(inputs: inputs, &random) }
      bytes += Self.pack(format, inputs: inputs, rows: rows).panel
    }
    self.bytes = bytes
  }

  static func pack(
    _ format: Format, inputs: Int, rows: [[UInt8]]
  ) -> (panel: [UInt8], damaged: Int) {
    var panel = [UInt8](repeating: 0xAA, count: ck_panel_bytes(format.code, inputs))
    let joined = rows.flatMap { $0 }
    let damaged = joined.withUnsafeBytes { all in
      let pointers = (0..<16).map { row in
        row < rows.count ? all.baseAddress.map { $0 + row * rows[0].count } : nil
      }
      return ck_pack_panel(format.code, inputs, pointers, &panel)
    }
    return (panel, damaged)
  }

  /// The bits of `[row, output]`, computed for the panels between `cuts` one part after another.
  func multiply(_ x: Inputs, _ family: Family, cuts: [Int] = [0, .max]) -> [UInt32] {
    run(x, family) { product, x, y, scratch in
      let last = (outputs + 15) / 16
      for (from, to) in zip(cuts, cuts.dropFirst()) {
        ck_multiply(&product, x.rows, x.storage, from, min(to, last), y, scratch)
      }
    }
  }

  func multiplyPlain(_ x: Inputs, _ family: Family) -> [UInt32] {
    run(x, family) { product, x, y, _ in
      ck_multiply_plain(&product, x.rows, x.storage, 0, (outputs + 15) / 16, y)
    }
  }

  func multiply(_ x: Inputs, _ family: Family, only wanted: [Int32]) -> [UInt32] {
    run(x, family) { product, x, y, scratch in
      ck_multiply_outputs(&product, x.storage, wanted, wanted.count, y, scratch)
    }.prefix(wanted.count).map { $0 }
  }

  private func run(
    _ x: Inputs, _ family: Family,
    _ body: (inout ck_product, Inputs, UnsafeMutablePointer<Float>?, UnsafeMutableRawPointer?) ->
      Void
  ) -> [UInt32] {
    bytes.withUnsafeBytes { panels in
      var product = ck_product(
        weight: ck_weight(
          format: format.code, outputs: outputs, inputs: inputs, panels: panels.baseAddress),
        family: family.code, is_bf16: x.isBF16, x_stride: inputs, y_stride: outputs)
      let size = ck_multiply_scratch(&product, x.rows)
      let scratch = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
      defer { scratch.deallocate() }
      var y = [Float](repeating: .nan, count: x.rows * outputs)
      y.withUnsafeMutableBufferPointer { body(&product, x, $0.baseAddress, scratch) }
      return y.map(\.bitPattern)
    }
  }
}

/// Rows of a product.
struct Inputs {
  let rows: Int
  let isBF16: Bool
  let numbers: [Float]
  /// The numbers as float32 or bfloat16.
  let storage: [UInt8]

  init(
    rows: Int, columns: Int, isBF16: Bool, scale: Float = 1, _ random: inout SeededRandom
  ) {
    self.init(rows: rows, isBF16: isBF16, random.floats(rows * columns).map { $0 * scale })
  }

  private init(rows: Int, isBF16: Bool, _ drawn: [Float]) {
    (self.rows, self.isBF16) = (rows, isBF16)
    numbers = isBF16 ? drawn.map { float(fromBF16: bf16($0)) } : drawn
    storage =
      isBF16
      ? drawn.map(bf16).withUnsafeBytes(Array.init) : drawn.withUnsafeBytes(Array.init)
  }

  func row(_ index: Int) -> Inputs {
    let columns = numbers.count / rows
    return Inputs(
      rows: 1, isBF16: isBF16, Array(numbers[(index * columns)...].prefix(columns)))
  }
}
