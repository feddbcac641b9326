import Checkpoints
import Foundation
import Testing

/// Files that another process writes to, moves or removes while they are in use.
@Suite struct ChangedFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// The path of a copy of a fixture, which is a file or a folder.
  private func copy(_ fixture: String) throws -> String {
    let path = folder.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.copyItem(atPath: Fixture.path(fixture), toPath: path)
    return path
  }

  private func shorten(_ path: String, to size: Int) { #expect(truncate(path, off_t(size)) == 0) }

  /// Sets a time of change that differs by less than the clock of some disks shows.
  private func touch(_ path: String) throws {
    var status = stat()
    #expect(stat(path, &status) == 0)
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    let microseconds = (time.tv_nsec / 1000 + 1) % 1_000_000
    let changed = [
      timeval(tv_sec: time.tv_sec, tv_usec: 0),
      timeval(tv_sec: time.tv_sec, tv_usec: numericCast(microseconds)),
    ]
    #expect(utimes(path, changed) == 0)
  }

  private func refusal(
    of weight: any Weight, _ rows: Range<Int>, sourceLocation: SourceLocation = #_sourceLocation
  ) -> String {
    message(sourceLocation: sourceLocation) { () throws(CheckpointError) in
      try unpacked(weight, rows: rows)
    }
  }

  @Test func `a file that is shortened while it is in use is one sentence`() throws {
    let path = try copy("tiny-llama.gguf")
    let checkpoint = try GGUFCheckpoint(path: path)
    let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
    let weight = try checkpoint.weight(.block(0, .down))
    let (first, row) = (try unpacked(weight, rows: 0..<1), try storedRows(weight, 0..<1))
    #expect(first.count == weight.inputs && !row.isEmpty)

    let info = try #require(checkpoint.files.parts[0].tensorInfo(named: "blk.0.ffn_down.weight"))
    // Before the tensor, in its first row, and after it.
    let cuts = [info.offset - 5, info.offset + 3, info.offset + (try #require(info.byteCount))]
    for cut in cuts.sorted(by: >) {
      shorten(path, to: cut)
      let sentence =
        "cannot go on reading \(path) at tensor \"blk.0.ffn_down.weight\": it was shortened from "
        + "\(size) to \(cut) bytes while it was in use; copy or download the file again and run "
        + "the command again"
      #expect(refusal(of: weight, 0..<1) == sentence)
      #expect(refusal(of: weight, 0..<weight.outputs) == sentence)
      #expect(throws: CheckpointError.self) { try storedRows(weight, 0..<weight.outputs) }
    }
  }

  @Test(arguments: ["tiny-llama.gguf", "architectures/gpt2", "architectures/internlm2"])
  func `no weight comes from a file that is empty by now`(name: String) throws {
    let path = try copy(name)
    let checkpoint = try openCheckpoint(path: path)
    let file = name.hasSuffix(".gguf") ? path : path + "/model.safetensors"
    let weights = try checkpoint.config.roles.map { try checkpoint.weight($0) }
    for weight in weights { #expect(try unpacked(weight, rows: 0..<1).count == weight.inputs) }
    shorten(file, to: 0)
    for weight in weights {
      let text = refusal(of: weight, 0..<weight.outputs)
      #expect(text.hasPrefix("cannot go on reading \(file) at tensor \""))
      #expect(text.contains("bytes while it was in use; copy or download the file again"))
    }
  }

  @Test func `a shortened adapter is named, not its base model`() throws {
    let path = try copy("architectures/llama-lora")
    let adapter = try LoRAAdapter(path: path)
    let base = try openCheckpoint(path: Fixture.path("architectures/llama"))
    let adapted = try AdaptedCheckpoint(base: base, adapters: [(adapter, 1)])
    shorten(path + "/adapter_model.safetensors", to: 1000)
    let text = refusal(of: try adapted.weight(.block(0, .q)), 0..<2)
    #expect(
      text.hasPrefix(
        "cannot go on reading \(path)/adapter_model.safetensors at tensor \"base_model.model."))
    #expect(text.contains("shortened from"))
  }

  @Test func `one shortened shard leaves the others usable`() throws {
    let path = try copy("safetensors-sharded")
    let model = try SafetensorsFolder(path: path)
    let tensors = try (0..<7).map { layer in
      try model.tensor(named: "model.layers.\(layer).mlp.up_proj.weight")
    }
    let shard = try #require(model.shards.first)
    shorten(shard.path, to: 100)
    for tensor in tensors {
      guard shard.tensorInfo(named: tensor.name) != nil else {
        #expect(try tensor.unpacked().count == 32)
        continue
      }
      let text = message { () throws(CheckpointError) in try tensor.unpacked() }
      #expect(text.contains("at tensor \(tensor.name.debugDescription): it was shortened from"))
    }
  }

  @Test func `a file that is overwritten in place, extended or touched is refused`() throws {
    let changes: [(String) throws -> Void] = [
      { path in
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        let size = try handle.seekToEnd()
        try handle.seek(toOffset: size - 1)
        try handle.write(contentsOf: Data([1]))
        try handle.close()
        try touch(path)
      },
      { path in
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data([1]))
        try handle.close()
      },
      touch,
    ]
    for change in changes {
      let path = try copy("tiny-llama.gguf")
      let weight = try GGUFCheckpoint(path: path).weight(.tokenEmbedding)
      _ = try unpacked(weight)
      try change(path)
      #expect(
        refusal(of: weight, 0..<1)
          == "cannot go on reading \(path) at tensor \"token_embd.weight\": another process "
          + "changed it while it was in use; copy or download the file again and run the command "
          + "again")
      #expect(throws: CheckpointError.self) { try storedRows(weight, 0..<2) }
      // Opened anew, it is a file like any other.
      _ = try unpacked(GGUFCheckpoint(path: path).weight(.tokenEmbedding))
    }
  }

  @Test func `a file that is moved, removed or replaced by name stays readable`() throws {
    let path = try copy("tiny-llama.gguf")
    let weight = try GGUFCheckpoint(path: path).weight(.tokenEmbedding)
    let numbers = try unpacked(weight)
    #expect(rename(path, path + ".old") == 0)
    try #expect(unpacked(weight) == numbers)
    try Data([0]).write(to: URL(fileURLWithPath: path))
    try #expect(unpacked(weight) == numbers)
    #expect(unlink(path + ".old") == 0)
    try #expect(unpacked(weight) == numbers)
  }

  @Test func `a file that is shortened before its header is read is refused`() throws {
    let gguf = try copy("tiny-llama.gguf")
    let openGGUF = try OpenFile(path: gguf)
    shorten(gguf, to: 100)
    let text = message { () throws(CheckpointError) in try GGUFFile(openGGUF) }
    #expect(text.hasPrefix("cannot go on reading \(gguf) at the file header: it was shortened"))
    let safetensors = try copy("tensor-types.safetensors")
    let openSafetensors = try OpenFile(path: safetensors)
    shorten(safetensors, to: 100)
    let other = message { () throws(CheckpointError) in try SafetensorsFile(openSafetensors) }
    #expect(other.hasPrefix("cannot go on reading \(safetensors) at the header"))
    let digested = try OpenFile(path: try copy("tensor-types.gguf"))
    shorten(digested.path, to: 1)
    #expect(throws: CheckpointError.self) { try digested.forEachPart { _ in } }
  }
}
