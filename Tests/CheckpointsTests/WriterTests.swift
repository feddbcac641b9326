import Checkpoints
import Foundation
import Testing

@Suite struct WriterTests {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
  }

  private static var gguf: GGUFWriter {
    var writer = GGUFWriter()
    writer.add(.text("controlvector"), for: "general.architecture")
    writer.add(.text("größer \"🙂\"\n"), for: "text")
    writer.add(.uint32(.max), for: "u32")
    writer.add(.int32(.min), for: "i32")
    writer.add(.float32(-0.1), for: "f32")
    writer.add(.bool(true), for: "bool")
    writer.addTensor("direction.1", [1, -2, 3])
    writer.addTensor("direction.12", (0..<33).map { Float($0) / 7 })
    return writer
  }

  private static var safetensors: SafetensorsWriter {
    var writer = SafetensorsWriter(metadata: ["kind": "a \"b\"\\\n\u{1}é🙂", "empty": ""])
    writer.addTensor("blocks.0.hook_resid_post", shape: [3], [1, -2, 3])
    writer.addTensor("table", shape: [2, 2], [0.1, -0, .infinity, 1e-45])
    return writer
  }

  @Test func aWrittenGGUFFileReadsBackEqual() throws {
    try Self.gguf.write(to: path("v.gguf"), overwrite: false)
    let file = try GGUFFile(path: path("v.gguf"))
    #expect(file.version == 3)
    #expect(
      file.metadata.keys == ["general.architecture", "text", "u32", "i32", "f32", "bool"])
    #expect(try file.metadata.string(for: "text") == "größer \"🙂\"\n")
    #expect(try file.metadata.int(for: "u32") == Int(UInt32.max))
    #expect(try file.metadata.int(for: "i32") == Int(Int32.min))
    #expect(try file.metadata.float(for: "f32") == Double(Float(-0.1)))
    #expect(try file.metadata.bool(for: "bool"))
    #expect(file.tensorNames == ["direction.1", "direction.12"])
    #expect(try file.tensor(named: "direction.1").unpacked() == [1, -2, 3])
    #expect(try file.tensor(named: "direction.12").unpacked() == (0..<33).map { Float($0) / 7 })
    #expect(file.tensors.allSatisfy { $0.offset % 32 == 0 && $0.shape.count == 1 })
  }

  @Test func aWrittenSafetensorsFileReadsBackEqual() throws {
    try Self.safetensors.write(to: path("v.safetensors"), overwrite: false)
    let file = try SafetensorsFile(path: path("v.safetensors"))
    #expect(file.metadata == ["kind": "a \"b\"\\\n\u{1}é🙂", "empty": ""])
    #expect(try file.tensor(named: "blocks.0.hook_resid_post").unpacked() == [1, -2, 3])
    let table = try file.tensor(named: "table")
    #expect(table.shape == [2, 2])
    let bits = try table.unpacked().map(\.bitPattern)
    #expect(bits == [Float(0.1), -0, .infinity, 1e-45].map(\.bitPattern))
  }

  @Test func anExistingFileIsReplacedOnlyWhenAskedTo() throws {
    try Self.gguf.write(to: path("v.gguf"), overwrite: false)
    let error = #expect(throws: CheckpointError.self) {
      try GGUFWriter().write(to: path("v.gguf"), overwrite: false)
    }
    #expect(error?.description.contains("--force") == true)
    #expect(try GGUFFile(path: path("v.gguf")).tensors.count == 2)
    try GGUFWriter().write(to: path("v.gguf"), overwrite: true)
    #expect(try GGUFFile(path: path("v.gguf")).tensors.isEmpty)
    #expect(try names == ["v.gguf"])
  }

  @Test func aFileThatCannotBeWrittenIsOneSentenceAndLeavesNothing() throws {
    for name in ["", "no/v.gguf"] {
      let error = #expect(throws: CheckpointError.self) {
        try Self.gguf.write(to: path(name), overwrite: true)
      }
      #expect(error?.description.hasPrefix("cannot write \(path(name)): ") == true)
    }
    #expect(throws: CheckpointError.self) {
      try Self.gguf.write(to: "/dev/full", overwrite: true)
    }
    #expect(try names == [])
  }

  @Test(.enabled(if: hasPackages, "needs gguf and safetensors in WORKBENCH_PYTHON"))
  func thePythonPackagesReadTheSame() throws {
    try Self.gguf.write(to: path("v.gguf"), overwrite: false)
    try Self.safetensors.write(to: path("v.safetensors"), overwrite: false)
    let script = """
      import sys, gguf
      from safetensors import safe_open
      r = gguf.GGUFReader(sys.argv[1])
      f = r.fields
      print([f[k].contents() for k in ["general.architecture", "text", "u32", "i32", "bool"]])
      print([(t.name, t.tensor_type.name, t.shape.tolist()) for t in r.tensors])
      print(r.tensors[0].data.tolist(), abs(r.tensors[1].data[32] - 32 / 7) < 1e-6)
      s = safe_open(sys.argv[2], "np")
      print(s.metadata() == {"kind": 'a "b"\\\\\\n\\x01é🙂', "empty": ""}, sorted(s.keys()))
      print(s.get_tensor("blocks.0.hook_resid_post").tolist(), s.get_tensor("table").shape)
      """
    let text = try python(script, [path("v.gguf"), path("v.safetensors")])
    #expect(
      text == """
        ['controlvector', 'größer "🙂"\\n', 4294967295, -2147483648, True]
        [('direction.1', 'F32', [3]), ('direction.12', 'F32', [33])]
        [1.0, -2.0, 3.0] True
        True ['blocks.0.hook_resid_post', 'table']
        [1.0, -2.0, 3.0] (2, 2)

        """)
  }
}

private let hasPackages = (try? python("import gguf, safetensors, numpy", [])) == ""

/// What the interpreter named by `WORKBENCH_PYTHON`, else `python3`, printed on both streams.
private func python(_ script: String, _ arguments: [String]) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  let interpreter = ProcessInfo.processInfo.environment["WORKBENCH_PYTHON"] ?? "python3"
  process.arguments = [interpreter, "-c", script] + arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return String(decoding: data, as: UTF8.self)
}
