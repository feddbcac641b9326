import ActivationStore
import Foundation
import Testing

/// The interpreter named by `WORKBENCH_PYTHON`, else `python3`.
private let python = ProcessInfo.processInfo.environment["WORKBENCH_PYTHON"] ?? "python3"

private let hasH5py = (try? runPython("import h5py"))?.status == 0

private func runPython(
  _ script: String, _ arguments: [String] = []
) throws -> (status: Int32, stdout: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [python, "-c", script] + arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}

@Suite(.enabled(if: hasH5py, "needs a Python with h5py; name one in WORKBENCH_PYTHON"))
struct PythonTests {
  static let script = """
    import sys, h5py
    f = h5py.File(sys.argv[1])
    a = f["activations/resid_post"]
    print(a.shape, a.dtype, [d.label for d in a.dims])
    print([t.decode() for t in f["prompts/text"]], f["positions/token_index"][:].tolist())
    print([float(x).hex() for x in a[1, 0, 0]])
    """

  @Test("h5py reads the shapes, the prompts and the values that the workbench wrote")
  func h5py() throws {
    let workplace = try Workplace()
    try workplace.write("Hi\nx\n", to: "prompts.txt")
    try workplace.dump(["--raw"]).expectSuccess()
    let reader = try ActivationReader(path: workplace.path("out.h5"))
    let row = try reader.rows(hook: "resid_post", layer: 0, prompts: 1..<2).values
    let (status, text) = try runPython(Self.script, [workplace.path("out.h5")])
    #expect(status == 0)
    let lines = text.split(separator: "\n")
    #expect(lines[0] == "(2, 2, 1, 16) float32 ['prompt', 'layer', 'position', 'd_model']")
    #expect(lines[1] == "['Hi', 'x'] [[1], [0]]")
    let numbers = lines[2].matches(of: /-?0x[0-9a-f.]+p[+-]\d+/).compactMap { Float($0.output) }
    #expect(numbers == row)
  }
}
