import CKernels
import Workers

/// A weight `[outputs, inputs]` in bytes, by which the few outputs of a row that can be its largest
/// are found (see `screen.h`).
final class CPUScreen: Sendable {
  let blockCount: Int
  private let memory: [AlignedMemory]
  private nonisolated(unsafe) let view: ck_screen

  init(outputs: Int, inputs: Int) throws(EngineError) {
    let (block, group) = (Int(CK_SCREEN_BLOCK), Int(CK_SCREEN_GROUP))
    blockCount = (outputs + block - 1) / block
    let padded = blockCount * block
    let scales = padded * inputs / group * 4
    var memory: [AlignedMemory] = []
    for bytes in [padded * inputs, scales, scales, padded * 4, padded * 4] {
      memory.append(
        try AlignedMemory(byteCount: bytes, zeroed: true, purpose: "the unembedding in bytes"))
    }
    self.memory = memory
    view = ck_screen(
      n: outputs, k: inputs, bytes: memory[0].base.assumingMemoryBound(to: Int8.self),
      scale: memory[1].base.assumingMemoryBound(to: Float.self),
      offset: memory[2].base.assumingMemoryBound(to: Int32.self),
      length: memory[3].base.assumingMemoryBound(to: Float.self),
      rest: memory[4].base.assumingMemoryBound(to: Float.self))
  }

  /// Packs the outputs `slice`, float32 `[slice.count, inputs]`; false when a number is not finite.
  func pack(_ slice: Range<Int>, from rows: UnsafePointer<Float>) -> Bool {
    withUnsafePointer(to: view) { ck_screen_pack($0, rows, slice.lowerBound, slice.count) }
  }

  /// Finds what blocks of outputs have for each row, in `found` [row].
  func find(
    _ rows: ScreenRows, in blocks: Range<Int>, penalised: [TokenSet?],
    into found: UnsafeMutablePointer<ck_candidates>
  ) {
    for row in 0..<rows.count { ck_forget_candidates(found + row) }
    withBits(of: penalised) { bits in
      rows.withKernelView { rows, count in
        _ = withUnsafePointer(to: view) {
          ck_screen_find($0, rows, count, blocks.lowerBound, blocks.upperBound, bits, found)
        }
      }
    }
  }

  /// Calls `body` with the sets' bits, nil for none.
  private func withBits(
    of sets: [TokenSet?], _ body: (UnsafePointer<UnsafePointer<UInt16>?>) -> Void
  ) {
    // One run of memory for all, since pointers into arrays do not outlive a call.
    let words = sets.flatMap { $0?.bits ?? [] }
    words.withUnsafeBufferPointer { words in
      var start = 0
      let pointers = sets.map { set -> UnsafePointer<UInt16>? in
        guard let set, let base = words.baseAddress else { return nil }
        defer { start += set.bits.count }
        return base + start
      }
      pointers.withUnsafeBufferPointer { if let base = $0.baseAddress { body(base) } }
    }
  }
}

/// Rows in bytes.
struct ScreenRows: Sendable {
  let count: Int
  private let bytes: [UInt8]
  private let scales: [Float]
  private let lengths: [Float]
  private let rests: [Float]

  /// nil when a number is not finite.
  init?(_ x: Rows<CPUMatrix>) {
    count = x.range.count
    let (rows, inputs) = (count, x.matrix.columns)
    var bytes = [UInt8](repeating: 0, count: rows * inputs)
    var scales = [Float](repeating: 0, count: rows * inputs / Int(CK_SCREEN_GROUP))
    var lengths = [Float](repeating: 0, count: rows)
    var rests = lengths
    let isFinite = bytes.withUnsafeMutableBufferPointer { bytes in
      scales.withUnsafeMutableBufferPointer { scales in
        lengths.withUnsafeMutableBufferPointer { lengths in
          rests.withUnsafeMutableBufferPointer { rests in
            var target = ck_screen_rows(
              bytes: bytes.baseAddress, scale: scales.baseAddress, length: lengths.baseAddress,
              rest: rests.baseAddress)
            return ck_screen_rows_from(
              x.address, x.matrix.format == .bf16, rows, inputs, &target)
          }
        }
      }
    }
    guard isFinite else { return nil }
    (self.bytes, self.scales, self.lengths, self.rests) = (bytes, scales, lengths, rests)
  }

  func withKernelView(_ body: (UnsafePointer<ck_screen_rows>, Int) -> Void) {
    bytes.withUnsafeBufferPointer { bytes in
      scales.withUnsafeBufferPointer { scales in
        lengths.withUnsafeBufferPointer { lengths in
          rests.withUnsafeBufferPointer { rests in
            // The kernel only reads what it gets here.
            var view = ck_screen_rows(
              bytes: UnsafeMutablePointer(mutating: bytes.baseAddress),
              scale: UnsafeMutablePointer(mutating: scales.baseAddress),
              length: UnsafeMutablePointer(mutating: lengths.baseAddress),
              rest: UnsafeMutablePointer(mutating: rests.baseAddress))
            body(&view, count)
          }
        }
      }
    }
  }
}
