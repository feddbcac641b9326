import ActivationStore
import Figures
import Foundation
import Testing

/// The interpreter named by `WORKBENCH_PYTHON`, else `python3`.
private let python = ProcessInfo.processInfo.environment["WORKBENCH_PYTHON"] ?? "python3"

private let canExecute =
  (try? runPython("import nbclient, ipykernel, h5py, matplotlib", []))?.status == 0

private func runPython(
  _ script: String, _ arguments: [String]
) throws -> (status: Int32, text: String) {
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

@Suite("The notebook")
struct NotebookTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test("It has cells only about the groups that exist, and finds the file from where it lies")
  func cells() throws {
    let run = try folder.write([Sample.embedding], to: "a \"run\".h5")
    try FileManager.default.createDirectory(
      atPath: folder("deep"), withIntermediateDirectories: true)
    try Notebook(of: run).write(to: folder("deep/n.ipynb"), overwrite: false)
    let sources = try sources("deep/n.ipynb")
    #expect(sources[0].hasPrefix("# a \"run\".h5: tiny + over × 0.5 + b\n\nFigures"))
    #expect(sources[1].contains(#"FILE = "../a \"run\".h5""#))
    #expect(sources.contains { $0.contains("tsne = read(\"tsne\")") })
    #expect(!sources.contains { $0.contains("read(\"classifier\")") })
    #expect(!sources.contains { $0.contains("{{") || $0.contains("# %%") })
  }

  @Test("The same results give the same notebook, which replaces none by itself")
  func deterministic() throws {
    let notebook = try Notebook(of: folder.write(Sample.all))
    try notebook.write(to: folder("a.ipynb"), overwrite: false)
    try notebook.write(to: folder("b.ipynb"), overwrite: false)
    let (first, second) = (try folder.bytes("a.ipynb"), try folder.bytes("b.ipynb"))
    #expect(first == second)
    #expect(throws: FigureError.store(.outputExists(path: folder("a.ipynb")))) {
      try notebook.write(to: folder("a.ipynb"), overwrite: false)
    }
    let empty = try folder.write([], to: "empty.h5")
    #expect(throws: FigureError.noResults(path: empty)) { try Notebook(of: empty) }
  }

  @Test(
    "It runs from start to end, whatever the lens looked at",
    .enabled(
      if: canExecute,
      "needs a Python with nbclient, ipykernel, h5py and matplotlib; name it in WORKBENCH_PYTHON"))
  func execution() throws {
    try Notebook(of: folder.write(Sample.all)).write(to: folder("a.ipynb"), overwrite: false)
    let others = [Sample.lensOfTokens, Sample.lensOfVectors]
    for (number, group) in others.enumerated() {
      let run = try folder.write([group], to: "\(number).h5")
      try Notebook(of: run).write(to: folder("\(number).ipynb"), overwrite: false)
    }
    let script = """
      import sys, nbformat, nbclient
      sys.stderr = sys.stdout
      for name in ["a", "0", "1"]:
          notebook = nbformat.read(f"{sys.argv[1]}/{name}.ipynb", 4)
          nbformat.validate(notebook)
          nbclient.NotebookClient(
              notebook, timeout=120, resources={"metadata": {"path": sys.argv[1]}}).execute()
          print(sum("image/png" in output.get("data", {})
                    for cell in notebook.cells if cell.cell_type == "code"
                    for output in cell.outputs))
      """
    let (status, text) = try runPython(script, [folder.path])
    #expect(status == 0, "\(text)")
    #expect(text.split(separator: "\n").suffix(3) == ["7", "1", "0"], "\(text)")
  }

  private func sources(_ name: String) throws -> [String] {
    let notebook = try JSONSerialization.jsonObject(with: folder.bytes(name)) as? [String: Any]
    #expect(notebook?["nbformat"] as? Int == 4)
    let cells = try #require(notebook?["cells"] as? [[String: Any]])
    return cells.compactMap { $0["source"] as? String }
  }
}
