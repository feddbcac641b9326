import Foundation

/// Finds models by path, by name in the workbench's cache, or as `org/name` in Hugging Face's.
///
/// The workbench's cache is `$WORKBENCH_CACHE`, else `~/.cache/workbench`; models lie in `models` in
/// it.
public struct ModelCatalog: Sendable {
  /// A model that has a name.
  public struct Entry: Sendable, Hashable {
    /// The file's name without `.gguf`, or `org/name`.
    public var name: String
    /// A file, or a Hugging Face folder.
    public var path: String
    /// Of the weights.
    public var byteCount: Int
  }

  /// The workbench's own folder of models.
  public let folder: String
  private let huggingFace: HuggingFaceCache

  /// Looks where the environment says.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    folder = CacheFolder(environment: environment).path(of: "models")
    huggingFace = HuggingFaceCache(environment: environment)
  }

  /// The models that have names: the workbench's own, then Hugging Face's, each sorted.
  public func entries() -> [Entry] {
    let own = Self.items(of: folder, ending: ".gguf").map { file in
      let path = folder + "/" + file
      return Entry(name: String(file.dropLast(5)), path: path, byteCount: Self.size(of: path))
    }
    let cached = huggingFace.names().compactMap { name in
      huggingFace.snapshot(of: name).map { path in
        let weights = Self.items(of: path, ending: ".safetensors")
        return Entry(
          name: name, path: path,
          byteCount: weights.reduce(0) { $0 + Self.size(of: path + "/" + $1) })
      }
    }
    return own.sorted { $0.name < $1.name } + cached
  }

  /// The models that `make model` can fetch and that are not there yet.
  public func fetchable() -> [FetchableModel] {
    let known = Set(entries().map(\.name))
    return FetchableModel.all.filter { !known.contains($0.name) }
  }

  private static func items(of folder: String, ending: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(ending) }.sorted()
  }

  /// The size in bytes of a file, through links; 0 when it cannot be seen.
  private static func size(of path: String) -> Int {
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let attributes = try? FileManager.default.attributesOfItem(atPath: target)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }

  /// The model that a user means: a file, a folder, or a name.
  ///
  /// A folder is a Hugging Face folder or holds one GGUF file. A name may be cut short where only
  /// one model fits, and its case does not count.
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
      if HuggingFaceCache.isRepository(model) {
        throw .notInHuggingFaceCache(name: model, folder: huggingFace.folder)
      }
      let fetchable = FetchableModel.all.filter {
        !wanted.isEmpty && $0.name.lowercased().hasPrefix(wanted)
      }
      guard fetchable.isEmpty else {
        throw .notFetched(name: model, folder: folder, fetchable: fetchable)
      }
      throw .notFound(name: model, folder: folder, known: known.map(\.name))
    }
    return only.path
  }

  private func file(inFolder folder: String) throws(ModelError) -> String {
    if FileManager.default.fileExists(atPath: folder + "/config.json") { return folder }
    let models = Self.items(of: folder, ending: ".gguf")
    if models.count == 1 { return folder + "/" + models[0] }
    throw models.isEmpty
      ? .emptyFolder(path: folder) : .ambiguousFolder(path: folder, files: models)
  }
}

/// Where the workbench keeps what it can make again: `$WORKBENCH_CACHE` or `~/.cache/workbench`.
package struct CacheFolder: Sendable {
  private let root: String

  package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    if let given = environment["WORKBENCH_CACHE"], !given.isEmpty {
      root = given
    } else {
      root = (environment["HOME"] ?? NSHomeDirectory()) + "/.cache/workbench"
    }
  }

  package func path(of item: String) -> String { root + "/" + item }
}
