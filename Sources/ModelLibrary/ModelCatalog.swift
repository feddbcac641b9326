import Foundation

/// Finds models by path, by name in the workbench's cache, or as `org/name` in Hugging Face's.
///
/// The workbench's cache is `$WORKBENCH_CACHE`, else `~/.cache/workbench`; models lie in `models` in
/// it.
public struct ModelCatalog: Sendable {
  /// A model that has a name.
  public struct Entry: Sendable, Hashable {
    /// The file's name without `.gguf`, or `org/name`, or `org/name:file`.
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
    let own = ModelFolder(path: folder).ggufs.map { Entry($0, name: $0.name) }
    let cached = huggingFace.names().flatMap { name -> [Entry] in
      guard let path = huggingFace.snapshot(of: name) else { return [] }
      let folder = ModelFolder(path: path)
      if folder.isHuggingFace || folder.ggufs.isEmpty {
        return [Entry(name: name, path: path, byteCount: folder.byteCount)]
      }
      return folder.ggufs.map {
        Entry($0, name: folder.ggufs.count == 1 ? name : name + ":" + $0.name)
      }
    }
    return own + cached
  }

  /// The models that `make model` can fetch and that are not there yet.
  public func fetchable() -> [FetchableModel] {
    let known = Set(entries().map(\.name))
    return FetchableModel.all.filter { !known.contains($0.name) }
  }

  /// The model that a user means: a file, a folder, or a name.
  ///
  /// A folder is a Hugging Face folder or holds one GGUF model. A name may be cut short where only
  /// one model fits, and its case does not count. `org/name:Q4_K_M` names one of the GGUF models of a
  /// repository by a part of its file's name.
  public func resolve(_ model: String) throws(ModelError) -> String {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: model, isDirectory: &isFolder) {
      return isFolder.boolValue ? try Self.model(inFolder: model) : model
    }
    if let path = try modelInHuggingFaceCache(model) { return path }
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

  /// What `org/name` or `org/name:tag` means; nil for other texts, and where the cache lacks it.
  private func modelInHuggingFaceCache(_ model: String) throws(ModelError) -> String? {
    let parts = model.split(separator: ":", maxSplits: 1).map(String.init)
    guard let name = parts.first, HuggingFaceCache.isRepository(name) else { return nil }
    guard let path = huggingFace.snapshot(of: name) else {
      if parts.count == 2 {
        throw .notInHuggingFaceCache(name: name, folder: huggingFace.folder)
      }
      return nil
    }
    let folder = ModelFolder(path: path)
    guard parts.count == 2 else { return try Self.model(in: folder, named: name) }
    let tagged = folder.ggufs(tagged: parts[1])
    guard let only = tagged.first, tagged.count == 1 else {
      throw .noSuchTag(
        name: name, tag: parts[1],
        candidates: (tagged.isEmpty ? folder.ggufs : tagged).map(\.name))
    }
    return only.path
  }

  private static func model(inFolder path: String) throws(ModelError) -> String {
    try model(
      in: ModelFolder(path: path), named: HuggingFaceCache.repository(ofSnapshot: path))
  }

  /// The model in a folder; `name` is its repository's, where it is Hugging Face's cache's.
  private static func model(
    in folder: ModelFolder, named name: String?
  ) throws(ModelError) -> String {
    if folder.isHuggingFace { return folder.path }
    guard let first = folder.ggufs.first else { throw .emptyFolder(path: folder.path) }
    guard folder.ggufs.count == 1 else {
      if let name {
        throw .noSuchTag(name: name, tag: nil, candidates: folder.ggufs.map(\.name))
      }
      throw .ambiguousFolder(
        path: folder.path,
        files: folder.ggufs.map { String($0.path.dropFirst(folder.path.count + 1)) })
    }
    return first.path
  }
}

extension ModelCatalog.Entry {
  fileprivate init(_ gguf: ModelFolder.GGUF, name: String) {
    self.init(
      name: name, path: gguf.path,
      byteCount: gguf.files.reduce(0) { $0 + ModelFolder.size(of: $1) })
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
