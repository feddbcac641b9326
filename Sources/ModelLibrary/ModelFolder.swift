import Checkpoints
import Foundation

/// What a folder holds that can be a model: Hugging Face's files, or GGUF files.
struct ModelFolder {
  /// A GGUF model in the folder: a file, or the first part of a split one.
  struct GGUF: Hashable {
    /// The path below the folder, without number and ending: `Q4_K_M/model-Q4_K_M`.
    var name: String
    var path: String
    /// All its files.
    var files: [String]
  }

  let path: String
  /// Whether the folder is a model of Hugging Face's form.
  let isHuggingFace: Bool
  /// Sorted by name; projectors of vision models, which llama.cpp calls `mmproj`, are none.
  let ggufs: [GGUF]

  init(path: String) {
    self.path = path
    let items = Self.items(in: path)
    let ggufs = Self.ggufs(items.filter { $0.hasSuffix(".gguf") }, in: path)
    // A repository of GGUF files may have config.json beside them, without weights.
    isHuggingFace =
      items.contains("config.json")
      && (ggufs.isEmpty || items.contains { $0.hasSuffix(".safetensors") })
    self.ggufs = ggufs
  }

  /// The bytes of its weights.
  var byteCount: Int {
    Self.items(in: path).filter { $0.hasSuffix(".safetensors") }
      .reduce(0) { $0 + Self.size(of: path + "/" + $1) }
  }

  /// The size in bytes of a file, through links; 0 when it cannot be seen.
  static func size(of path: String) -> Int {
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let attributes = try? FileManager.default.attributesOfItem(atPath: target)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }

  /// The GGUF models that a tag such as `Q4_K_M` can mean: those whose names end with it, else those
  /// that have it somewhere; its case does not count.
  func ggufs(tagged tag: String) -> [GGUF] {
    let wanted = tag.lowercased()
    let ending = ggufs.filter { $0.name.lowercased().hasSuffix(wanted) }
    // A longer name may end with a shorter one: "F16" also ends "BF16".
    let whole = ending.filter { gguf in
      gguf.name.count == wanted.count
        || gguf.name.dropLast(wanted.count).last.map { !$0.isLetter && !$0.isNumber } == true
    }
    if !whole.isEmpty { return whole }
    return ending.isEmpty ? ggufs.filter { $0.name.lowercased().contains(wanted) } : ending
  }

  /// The files in the folder and in its folders, as paths below it; links to nothing count.
  private static func items(in folder: String) -> [String] {
    let top = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var items: [String] = []
    for item in top.sorted() where !item.hasPrefix(".") {
      var isFolder: ObjCBool = false
      let path = folder + "/" + item
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
        let inner = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        items += inner.sorted().filter { $0.hasSuffix(".gguf") }.map { item + "/" + $0 }
      } else {
        items.append(item)
      }
    }
    return items
  }

  private static func ggufs(_ files: [String], in folder: String) -> [GGUF] {
    var found: [String: GGUF] = [:]
    for file in files {
      let last = file.split(separator: "/").last ?? ""
      guard !last.lowercased().hasPrefix("mmproj") else { continue }
      let part = GGUFPartName(path: file)
      let name = part?.base ?? String(file.dropLast(".gguf".count))
      let path = folder + "/" + (part?.path(ofPart: 1) ?? file)
      found[name, default: GGUF(name: name, path: path, files: [])].files.append(
        folder + "/" + file)
    }
    return found.values.sorted { $0.name < $1.name }
  }
}
