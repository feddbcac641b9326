import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite struct GGUFFuzzTests {
  /// SplitMix64 (Steele, Lea, Flood 2014): small, seeded, the same everywhere.
  struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return mixed ^ (mixed >> 31)
    }
  }

  private static let filesPerFixture = 10_000

  @Test(arguments: ["tiny-llama.gguf", "metadata-types.gguf", "tensor-types.gguf"])
  func `mutated files are read or refused, never more than they hold`(name: String) async throws {
    await #expect(processExitsWith: .success) { [name] in
      let original = try Fixture.bytes(name)
      let headerEnd = try openGGUF(original).tensors.first?.offset ?? original.count
      var generator = SeededGenerator(state: 7)
      var opened = 0
      let growth = try memoryGrowth {
        for _ in 0..<GGUFFuzzTests.filesPerFixture {
          var bytes = original
          for _ in 0..<Int.random(in: 1...3, using: &generator) {
            GGUFFuzzTests.mutate(&bytes, headerEnd: headerEnd, using: &generator)
          }
          guard !bytes.isEmpty, let file = try? openGGUF(bytes) else { continue }
          opened += 1
          try GGUFFuzzTests.useEverything(file, size: bytes.count)
        }
      }
      // Mutations that always fail would leave the code after the header untested.
      #expect(opened > GGUFFuzzTests.filesPerFixture / 20)
      #expect(opened < GGUFFuzzTests.filesPerFixture)
      // Far above the sum of all files at once, so that sanitizers pass, far below a mad count.
      #expect(growth < 1 << 30)
    }
  }

  private static func mutate(
    _ bytes: inout [UInt8], headerEnd: Int, using generator: inout SeededGenerator
  ) {
    guard bytes.count > 16 else { return }
    let inHeader = Int.random(in: 0..<8, using: &generator) > 0
    let limit = min(inHeader ? headerEnd : bytes.count, bytes.count) - 8
    let position = Int.random(in: 0..<max(limit, 1), using: &generator)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0, 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: bytes[position] = UInt8.random(in: 0...255, using: &generator)
    case 3: overwriteLength(&bytes, near: position, limit: limit, using: &generator)
    case 4: bytes.removeSubrange(Int.random(in: 1..<bytes.count, using: &generator)...)
    default:
      let inserted = (0..<Int.random(in: 1...16, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      bytes.insert(contentsOf: inserted, at: position)
    }
  }

  /// Replaces the first 64-bit number from `position` on that looks like a length.
  private static func overwriteLength(
    _ bytes: inout [UInt8], near position: Int, limit: Int,
    using generator: inout SeededGenerator
  ) {
    let isLength = { (start: Int) in
      bytes[start] != 0 && bytes[(start + 2)..<(start + 8)].allSatisfy { $0 == 0 }
    }
    guard position < limit, let start = (position..<limit).first(where: isLength) else { return }
    let values: [UInt64] = [0, 1, 2, 255, 1 << 31, 1 << 32, 1 << 61, 1 << 63, .max, .max - 31]
    let value = values.randomElement(using: &generator) ?? 0
    let nearby = UInt64(bytes[start]) &+ UInt64.random(in: 0...4, using: &generator) &- 2
    let replacement = Bool.random(using: &generator) ? value : nearby
    bytes.replaceSubrange(start..<(start + 8), with: GGUFBuilder.bytes(replacement))
  }

  /// Reads all that can be read; typed errors are fine, sizes beyond the file's are not.
  private static func useEverything(_ file: GGUFFile, size: Int) throws {
    if let checkpoint = try? GGUFCheckpoint(file) { try useWeights(of: checkpoint, size: size) }
    for key in file.metadata.keys {
      _ = try? file.metadata.string(for: key)
      guard let array = try? file.metadata.array(for: key) else { continue }
      #expect(array.count <= size)
      decode(array, depth: 0)
    }
    for info in file.tensors {
      guard let tensor = try? file.tensor(named: info.name) else { continue }
      #expect(tensor.byteCount <= size)
      #expect(try tensor.unpacked().count == tensor.rows * tensor.columns)
    }
  }

  private static func useWeights(of checkpoint: GGUFCheckpoint, size: Int) throws {
    for role in checkpoint.config.roles {
      guard let weight = try? checkpoint.weight(role) else { continue }
      // Four-bit types hold about two numbers a byte.
      #expect(weight.outputs * weight.inputs <= 8 * size)
      #expect(try unpacked(weight).count == weight.outputs * weight.inputs)
    }
  }

  private static func decode(_ array: GGUFArray, depth: Int) {
    _ = try? array.ints()
    _ = try? array.floats()
    _ = try? array.bools()
    _ = try? array.strings()
    _ = try? array.byteStrings()
    for inner in (try? array.arrays()) ?? [] { decode(inner, depth: depth + 1) }
  }
}
