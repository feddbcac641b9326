import Checkpoints
import Foundation
import Testing

@Suite struct SplitModelTests {
  /// A folder with the parts of a model; removed at the end.
  private final class Folder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

    init() throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func part(_ number: Int, of count: Int) -> String {
      "\(path)/tiny-\(five(number))-of-\(five(count)).gguf"
    }

    private func five(_ number: Int) -> String {
      String(repeating: "0", count: 5 - String(number).count) + String(number)
    }

    func write(_ parts: [[UInt8]]) throws {
      for (index, bytes) in parts.enumerated() {
        try Data(bytes).write(to: URL(fileURLWithPath: part(index + 1, of: parts.count)))
      }
    }
  }

  private let model = RandomModel(.q80)

  @Test(arguments: [[5, 6, 1], [0, 9, 3], [12, 0]])
  func `any part opens the whole model`(counts: [Int]) throws {
    let folder = try Folder()
    let whole = try model.checkpoint()
    let builder = model.builder()
    #expect(builder.tensors.count == 12)
    try folder.write(builder.parts(of: counts))
    for number in 1...counts.count {
      let split = try GGUFCheckpoint(path: folder.part(number, of: counts.count))
      #expect(split.config == whole.config)
      #expect(split.path == folder.part(1, of: counts.count))
      #expect(split.files.tensors.count == 12)
      for role in whole.config.roles {
        try #expect(
          unpacked(split.weight(role)).bitPatterns == unpacked(whole.weight(role)).bitPatterns,
          "\(role)")
      }
    }
  }

  @Test func `a part that is missing is named`() throws {
    let folder = try Folder()
    try folder.write(model.builder().parts(of: [4, 4, 4]))
    try FileManager.default.removeItem(atPath: folder.part(3, of: 3))
    let text = message { () throws(CheckpointError) in
      try GGUFCheckpoint(path: folder.part(2, of: 3)).config
    }
    #expect(text.contains("\(folder.part(3, of: 3)) is one of the 3 files of this model"))
    #expect(text.hasSuffix("put all 3 files into one folder"))
  }

  @Test func `a part under another name says how parts are named`() throws {
    let folder = try Folder()
    let parts = model.builder().parts(of: [6, 6])
    let path = folder.path + "/second.gguf"
    try Data(parts[1]).write(to: URL(fileURLWithPath: path))
    let text = message { () throws(CheckpointError) in try GGUFCheckpoint(path: path).config }
    #expect(text.contains("it is part 2 of a GGUF model in 2 files"))
    #expect(text.contains("NAME-00001-of-00002.gguf"))
  }

  @Test func `parts that do not belong together are refused`() throws {
    let folder = try Folder()
    let parts = model.builder().parts(of: [6, 6])
    try folder.write([parts[0], parts[0]])
    let swapped = message { () throws(CheckpointError) in
      try GGUFCheckpoint(path: folder.part(1, of: 2)).config
    }
    #expect(swapped.contains("it should be part 2 of 2 by its name, and does not say so inside"))
    var twice = GGUFBuilder()
    twice.add("split.no", type: 2, value: GGUFBuilder.bytes(UInt16(1)))
    twice.add("split.count", type: 2, value: GGUFBuilder.bytes(UInt16(2)))
    twice.addTensor("output_norm.weight", ne: [256], filledWith: 1)
    try folder.write([parts[0], twice.build()])
    let both = message { () throws(CheckpointError) in
      try GGUFCheckpoint(path: folder.part(1, of: 2)).config
    }
    #expect(both.contains("holds a tensor of this name too"))
    var none = GGUFBuilder()
    none.add("split.count", type: 2, value: GGUFBuilder.bytes(UInt16(0)))
    try Data(none.build()).write(to: URL(fileURLWithPath: folder.path + "/none.gguf"))
    let zero = message { () throws(CheckpointError) in
      try GGUFCheckpoint(path: folder.path + "/none.gguf").config
    }
    #expect(zero.contains("0 is no count of parts"))
  }
}
