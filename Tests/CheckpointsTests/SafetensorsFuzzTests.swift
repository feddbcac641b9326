import Checkpoints
import TestSupport
import Testing

@Suite struct SafetensorsFuzzTests {
  private static let files = 20_000
  private static let fragments: [[UInt8]] = [
    "\"", "\\", "\\u", "\\ud83d", "{", "}", "[", "]", ",", ":", "0", "-", "1.5", "e9", " ", "null",
    "9223372036854775807", "18446744073709551615", "\"dtype\"", "\"__metadata__\":{}",
  ].map { Array($0.utf8) }

  @Test func `mutated files are read or refused, never more than they hold`() async {
    await #expect(processExitsWith: .success) {
      let original = try Fixture.bytes("tensor-types.safetensors")
      let headerEnd = 8 + Int(original[0]) + Int(original[1]) << 8
      var generator = GGUFFuzzTests.SeededGenerator(state: 11)
      var opened = 0
      let growth = try memoryGrowth {
        for _ in 0..<SafetensorsFuzzTests.files {
          var header = Array(original[8..<headerEnd])
          for _ in 0..<Int.random(in: 1...2, using: &generator) {
            SafetensorsFuzzTests.mutate(&header, using: &generator)
          }
          // One in eight has a wrong length, which leaves nothing else to be found.
          let length =
            Int.random(in: 0..<8, using: &generator) == 0
            ? UInt64(Int.random(in: 0...2 * original.count, using: &generator)) : nil
          let bytes = SafetensorsBuilder.file(
            header: header, data: Array(original[headerEnd...]), statedLength: length)
          guard let file = try? openSafetensors(bytes) else { continue }
          opened += 1
          for info in file.tensors {
            #expect(info.byteRange.upperBound <= bytes.count)
            guard let tensor = try? file.tensor(named: info.name) else { continue }
            let numbers = try tensor.unpacked()
            #expect(numbers.count * 4 <= 2 * bytes.count)
          }
        }
      }
      #expect(opened > SafetensorsFuzzTests.files / 20)
      #expect(opened < SafetensorsFuzzTests.files)
      #expect(growth < 1 << 30)
    }
  }

  private static func mutate(
    _ header: inout [UInt8], using generator: inout GGUFFuzzTests.SeededGenerator
  ) {
    guard !header.isEmpty else { return }
    let position = Int.random(in: 0..<header.count, using: &generator)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0, 1: header[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: header[position] = UInt8.random(in: 0x20...0x7e, using: &generator)
    case 3:
      header.insert(contentsOf: fragments.randomElement(using: &generator) ?? [], at: position)
    case 4:
      let end = min(position + Int.random(in: 1...40, using: &generator), header.count)
      header.removeSubrange(position..<end)
    default: header.swapAt(position, Int.random(in: 0..<header.count, using: &generator))
    }
  }
}
