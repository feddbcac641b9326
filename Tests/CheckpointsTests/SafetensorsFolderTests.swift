import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite struct SafetensorsFolderTests {
  private static let index = "model.safetensors.index.json"

  /// Runs `body` with a new folder that holds a copy of the fixture's files.
  private func withFolder(
    copyOf fixture: String? = nil, _ body: (URL) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    if let fixture {
      try FileManager.default.copyItem(atPath: Fixture.path(fixture), toPath: folder.path)
    } else {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func refusal(
    _ folder: URL, sourceLocation: SourceLocation = #_sourceLocation
  ) -> String {
    message(sourceLocation: sourceLocation) { () throws(CheckpointError) in
      try SafetensorsFolder(path: folder.path)
    }
  }

  private func write(_ text: String, to name: String, in folder: URL) throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
  }

  /// Writes a file with one float32 tensor.
  private func writeShard(_ name: String, tensor: String, value: Float, in folder: URL) throws {
    var builder = SafetensorsBuilder()
    try builder.add(
      tensor, type: "F32", shape: [1], data: GGUFBuilder.bytes(value.bitPattern))
    try Data(builder.build()).write(to: folder.appendingPathComponent(name))
  }

  @Test func `shards hold the same numbers as the single file`() throws {
    let single = try SafetensorsFolder(path: Fixture.path("safetensors-single"))
    let sharded = try SafetensorsFolder(path: Fixture.path("safetensors-sharded"))
    #expect(single.shards.count == 1)
    #expect(sharded.shards.count == 4)
    #expect(sharded.metadata == ["format": "pt"])
    // The writer of the second shard puts the wider type, that of layer 3, first.
    let order = [0, 1, 3, 2, 4, 5, 6]
    #expect(sharded.tensorNames == order.map { "model.layers.\($0).mlp.up_proj.weight" })
    #expect(Set(single.tensorNames) == Set(sharded.tensorNames))
    for name in sharded.tensorNames {
      let tensor = try sharded.tensor(named: name)
      let expected = try single.tensor(named: name)
      #expect(tensor.shape == [4, 8])
      #expect(tensor.type == expected.type)
      try #expect(tensor.unpacked().bitPatterns == expected.unpacked().bitPatterns)
      #expect(sharded.tensorInfo(named: name)?.typeName == tensor.type.name)
    }
    #expect(sharded.tensorInfo(named: "absent") == nil)
    let absent = message { () throws(CheckpointError) in try sharded.tensor(named: "absent") }
    #expect(absent.contains("safetensors-sharded has no tensor \"absent\""))
  }

  @Test func `the single file wins over an index as in transformers`() throws {
    try withFolder(copyOf: "safetensors-sharded") { folder in
      try writeShard("model.safetensors", tensor: "only", value: 3, in: folder)
      let model = try SafetensorsFolder(path: folder.path)
      #expect(model.tensorNames == ["only"])
      try #expect(model.tensor(named: "only").unpacked() == [3])
    }
  }

  @Test func `tensors that the index leaves out are there as in transformers`() throws {
    try withFolder { folder in
      try writeShard("a", tensor: "t", value: 1, in: folder)
      try writeShard("b", tensor: "u", value: 2, in: folder)
      try write("{\"weight_map\":{\"t\":\"a\"}}", to: Self.index, in: folder)
      try #expect(SafetensorsFolder(path: folder.path).tensorNames == ["t"])
      var builder = SafetensorsBuilder()
      try builder.add("t", type: "F32", shape: [1], data: [0, 0, 0, 0])
      try builder.add("more", type: "F32", shape: [1], data: [0, 0, 0, 0])
      try Data(builder.build()).write(to: folder.appendingPathComponent("a"))
      try #expect(SafetensorsFolder(path: folder.path).tensorNames == ["t", "more"])
    }
  }

  @Test func `a folder without weights and a path that is no folder are refused`() throws {
    try withFolder { folder in
      #expect(
        refusal(folder)
          == "\(folder.path) cannot be used: the folder holds neither model.safetensors nor "
          + "model.safetensors.index.json; give the folder of a Hugging Face model with "
          + "safetensors weights")
      #expect(
        refusal(folder.appendingPathComponent("absent"))
          .contains("there is no such folder; check the path"))
      try write("x", to: "file", in: folder)
      #expect(refusal(folder.appendingPathComponent("file")).contains("it is not a folder"))
      #expect(refusal(folder.appendingPathComponent("file/x")).contains("Not a directory; check"))
    }
  }

  @Test func `missing shards are named and counted`() throws {
    try withFolder(copyOf: "safetensors-sharded") { folder in
      for shard in ["model-00002-of-00004.safetensors", "model-00004-of-00004.safetensors"] {
        try FileManager.default.removeItem(at: folder.appendingPathComponent(shard))
      }
      #expect(
        refusal(folder)
          == "\(folder.path) cannot be used: the file \"model-00002-of-00004.safetensors\" is "
          + "missing (2 of the 4 files that model.safetensors.index.json names are present); "
          + "download what is missing into the folder")
    }
  }

  @Test(arguments: ["../x", "/etc/passwd", "sub/x", "..", ".", "", "x\\u0000y", "\\u001bx"])
  func `a shard name that leads out of the folder is refused`(name: String) throws {
    try withFolder { folder in
      try write("{\"weight_map\":{\"t\":\"\(name)\"}}", to: Self.index, in: folder)
      let text = refusal(folder)
      #expect(text.contains("\(Self.index) is damaged at tensor \"t\" (byte "))
      #expect(text.contains("is not the name of a file in the same folder"))
    }
  }

  @Test func `an index that is not the expected JSON is refused`() throws {
    try withFolder { folder in
      func refusal(_ text: String) throws -> String {
        try write(text, to: Self.index, in: folder)
        return self.refusal(folder)
      }
      try #expect(refusal("<html>").contains("byte 0: '<' stands where a value is expected"))
      try #expect(refusal("{}").contains("\"weight_map\": it is absent or empty"))
      try #expect(refusal("{\"weight_map\":{}}").contains("it is absent or empty"))
      try #expect(refusal("{\"weight_map\":{\"t\":1}}").contains("\"t\" is 1 instead of a string"))
      try #expect(refusal("{\"weight_map\":{\"t\":\"a\",\"t\":\"b\"}}").contains("\"t\" occurs"))
      for value in ["tru", "01", "+1", ".5", "1.", "nan", "0x1", "1e"] {
        try #expect(refusal("{\"metadata\":{\"x\":\(value)}}").contains("is not a JSON value"))
      }
      for value in ["true", "null", "-0.5e+3", "1e999", "[[{}],{\"a\":\"b\"}]"] {
        try #expect(refusal("{\"metadata\":{\"x\":\(value)}}").contains("absent or empty"))
      }
      let deep = String(repeating: "[", count: 1_000_000)
      try #expect(refusal("{\"metadata\":\(deep)").contains("nested deeper than 64 levels"))
    }
  }

  @Test func `the index and the shards must agree`() throws {
    try withFolder { folder in
      try writeShard("a", tensor: "t", value: 1, in: folder)
      try writeShard("b", tensor: "u", value: 2, in: folder)
      try write("{\"weight_map\":{\"t\":\"a\",\"v\":\"b\"}}", to: Self.index, in: folder)
      #expect(
        refusal(folder).contains("tensor \"v\": it should be in \"b\", which does not hold it"))
      try write("{\"weight_map\":{\"t\":\"b\",\"u\":\"a\"}}", to: Self.index, in: folder)
      #expect(refusal(folder).contains("tensor \"t\": it should be in \"b\", which does not"))
      try writeShard("b", tensor: "t", value: 2, in: folder)
      try write("{\"weight_map\":{\"t\":\"a\",\"u\":\"b\"}}", to: Self.index, in: folder)
      #expect(
        refusal(folder).contains(
          "/b is damaged at tensor \"t\": \(folder.path)/a holds a tensor of this name too"))
      try write("broken", to: "b", in: folder)
      #expect(refusal(folder).contains("/b is damaged at the header length"))
    }
  }

  /// Whether a gigabyte of nothing takes less than a megabyte on the disk of temporary files.
  private static func diskHasSparseFiles() -> Bool {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: url) }
    var status = stat()
    return (try? Data([1]).write(to: url)) != nil && truncate(url.path, 1 << 30) == 0
      && stat(url.path, &status) == 0 && status.st_blocks < 2048
  }

  @Test(.enabled(if: diskHasSparseFiles(), "the disk cannot leave out zeros"))
  func `five gigabytes open at once and read nothing`() async {
    await #expect(processExitsWith: .success) {
      let tests = SafetensorsFolderTests()
      try tests.withFolder { folder in
        let tensorsPerShard = 60
        let shardSize = 1 << 30
        var map: [String: String] = [:]
        for shard in 0..<5 {
          let names = (0..<tensorsPerShard).map { "model.layers.\(shard).\($0).weight" }
          let file = "shard-\(shard)"
          for name in names { map[name] = file }
          try tests.writeSparse(names, bytes: shardSize, to: folder.appendingPathComponent(file))
        }
        let index = try JSONEncoder().encode(["weight_map": map])
        try index.write(to: folder.appendingPathComponent(SafetensorsFolderTests.index))

        var model: SafetensorsFolder?
        let growth = try memoryGrowth {
          let seconds = try processorSeconds {
            model = try SafetensorsFolder(path: folder.path)
          }.seconds
          #expect(seconds < 1)
        }
        #expect(growth < 64 << 20)
        #expect(model?.tensors.reduce(0) { $0 + $1.byteCount } == 5 * shardSize)
        try #expect(
          model?.tensor(named: "model.layers.4.59.weight").unpackedRow(0).allSatisfy { $0 == 0 }
            == true)
      }
    }
  }

  /// Writes a file whose tensors share `bytes` of data that occupy no room on the disk.
  private func writeSparse(_ names: [String], bytes: Int, to url: URL) throws {
    let size = bytes / names.count / 4096 * 4096
    var offset = 0
    let members = names.map { name in
      let end = name == names.last ? bytes : offset + size
      defer { offset = end }
      return "\"\(name)\":{\"dtype\":\"BF16\",\"shape\":[\((end - offset) / 1024),512],"
        + "\"data_offsets\":[\(offset),\(end)]}"
    }
    let header = Array("{\(members.joined(separator: ","))}".utf8)
    try Data(SafetensorsBuilder.file(header: header, data: [])).write(to: url)
    #expect(truncate(url.path, off_t(8 + header.count + bytes)) == 0)
  }
}

extension Tensor {
  fileprivate func unpackedRow(_ row: Int) throws -> [Float] {
    var numbers = [Float](repeating: .nan, count: columns)
    try numbers.withUnsafeMutableBufferPointer { try unpackRows(row..<row + 1, into: $0) }
    return numbers
  }
}
