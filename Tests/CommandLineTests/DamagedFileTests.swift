import Foundation
import Testing

@Suite("A damaged HDF5 file is a sentence, soon, whatever the library does with it")
struct DamagedFileTests {
  let place: SteeringWorkplace

  init() throws { place = try SteeringWorkplace() }

  /// Every byte of the first text heap changed in turn: lengths, references, contents.
  @Test("Bytes of the heap that holds texts")
  func heap() throws {
    let workplace = place.workplace
    let sound = try workplace.bytes("vectors.h5")
    let heap = try #require(sound.firstRange(of: Array("GCOL".utf8)))
    var refused = 0
    for offset in stride(from: heap.lowerBound + 4, to: heap.lowerBound + 160, by: 3) {
      var bytes = sound
      bytes[offset] ^= 0xA5
      try workplace.write(bytes, to: "damaged.h5")
      let output = try workplace.run(
        ["vectors", "convert", "damaged.h5", "-o", "v.safetensors", "--force"])
      #expect(!output.wasKilled && [0, 1].contains(output.status), "byte \(offset)")
      guard output.status == 1 else { continue }
      refused += 1
      #expect(output.stderr.contains("damaged.h5"), "\(output.stderr)")
    }
    #expect(refused > 5)
  }
}
