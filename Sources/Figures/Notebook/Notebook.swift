import Foundation

/// A Jupyter notebook that opens a file of results with h5py and draws it with matplotlib.
public struct Notebook {
  private let run: RunFile
  private let title: String

  /// Reads what the file holds; cells about groups that it lacks are left out.
  public init(of path: String) throws(FigureError) {
    run = try RunFile(path: path)
    guard let first = run.groups.first else { throw .noResults(path: path) }
    let model = try run.model(of: try run.fields(first))
    title = [(path as NSString).lastPathComponent, model].compactMap { $0 }.joined(separator: ": ")
  }

  /// Writes the notebook, whole or not at all; it finds the file from where it lies itself.
  public func write(to path: String, overwrite: Bool) throws(FigureError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      let contents = Contents(cells: cells(file: relativePath(from: path)))
      let text = String(decoding: try encoder.encode(contents), as: UTF8.self)
      try writeWhole(text + "\n", to: path, overwrite: overwrite)
    } catch let error as FigureError {
      throw error
    } catch {
      throw .drawing(operation: "write", path: path, reason: error.localizedDescription)
    }
  }

  private func cells(file: String) -> [NotebookCell] {
    NotebookCell.all(in: text(PackageResources.notebook_py))
      .filter { $0.group.map(run.groups.contains) ?? true }
      .map { cell in
        cell.filling(in: ["title": title, "file": pythonLiteral(file)])
      }
  }

  /// The file's path as seen from the folder of the notebook.
  private func relativePath(from notebook: String) -> String {
    let file = URL(fileURLWithPath: run.path).standardizedFileURL.pathComponents
    let folder = URL(fileURLWithPath: notebook).standardizedFileURL.deletingLastPathComponent()
      .pathComponents
    let shared = zip(file, folder).prefix { $0 == $1 }.count
    let up = Array(repeating: "..", count: folder.count - shared)
    return (up + file[shared...]).joined(separator: "/")
  }

  private struct Contents: Encodable {
    let cells: [NotebookCell]
    let metadata = [
      "kernelspec": ["display_name": "Python 3", "language": "python", "name": "python3"],
      "language_info": ["name": "python"],
    ]
    let nbformat = 4
    let nbformat_minor = 5
  }
}

/// A text as Python writes it.
private func pythonLiteral(_ text: String) -> String {
  let escaped = text.unicodeScalars.map { scalar in
    switch scalar {
    case "\\", "\"": "\\\(scalar)"
    case " "..."~": String(scalar)
    default:
      scalar.value < 0x1_0000
        ? String(format: "\\u%04x", scalar.value) : String(format: "\\U%08x", scalar.value)
    }
  }
  return "\"\(escaped.joined())\""
}
