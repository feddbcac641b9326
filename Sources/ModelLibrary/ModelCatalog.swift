import Foundation

/// Finds models by path, or by name in the cache folder.
///
/// The cache folder is `$WORKBENCH_CACHE`, else `~/.cache/workbench`; models lie in `models` in it.
public struct ModelCatalog: Sendable {
  /// A model file in the cache folder.
  public struct Entry: Sendable, Hashable {
    /// The file's name without `.gguf`.
    public var name: String
    public var path: String
    public var byteCount: Int
  }

  /// The folder whose models have names.
  public let folder: String

  /// Looks where the environment says.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    folder = CacheFolder(environment: environment).path(of: "models")
  }

  /// The models in the folder, by name.
  public func entries() -> [Entry] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let names = files.filter { $0.hasSuffix(".gguf") }.map { String($0.dropLast(5)) }
    return names.sorted().map { name in
      let path = folder + "/" + name + ".gguf"
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return Entry(
        name: name, path: path, byteCount: (attributes?[.size] as? NSNumber)?.intValue ?? 0)
    }
  }

  /// The file of the model that a user means: a file, a folder with one GGUF file, or a name.
  ///
  /// A name may be cut short where only one model fits, and its case does not count.
  public func resolve(_ model: String) throws(ModelError) -> String {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: model, isDirectory: &isFolder) {
      return isFolder.boolValue ? try file(inFolder: model) : model
    }
    let known = entries()
    let wanted = model.lowercased()
    if let exact = known.first(where: { $0.name.lowercased() == wanted }) { return exact.path }
    let fitting = known.filter { !wanted.isEmpty && $0.name.lowercased().hasPrefix(wanted) }
    guard fitting.count < 2 else {
      throw .ambiguousName(name: model, candidates: fitting.map(\.name))
    }
    guard let only = fitting.first else {
      throw .notFound(name: model, folder: folder, known: known.map(\.name))
    }
    return only.path
  }

  private func file(inFolder folder: String) throws(ModelError) -> String {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let models = files.filter { $0.hasSuffix(".gguf") }.sorted()
    if models.count == 1 { return folder + "/" + models[0] }
    guard models.isEmpty else { throw .ambiguousFolder(path: folder, files: models) }
    throw files.contains("config.json")
      ? .huggingFaceFolder(path: folder) : .emptyFolder(path: folder)
  }
}

/// Where the workbench keeps what it can make again: `$WORKBENCH_CACHE` or `~/.cache/workbench`.
struct CacheFolder: Sendable {
  private let root: String

  init(environment: [String: String]) {
    if let given = environment["WORKBENCH_CACHE"], !given.isEmpty {
      root = given
    } else {
      root = NSHomeDirectory() + "/.cache/workbench"
    }
  }

  func path(of item: String) -> String { root + "/" + item }
}
