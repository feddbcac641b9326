import Foundation

/// Hugging Face's cache of downloaded models, found and laid out as `huggingface_hub` does.
///
/// It is `$HF_HUB_CACHE`, else `$HUGGINGFACE_HUB_CACHE`, else `hub` in `$HF_HOME`, which is
/// `huggingface` in `$XDG_CACHE_HOME` or `~/.cache`; a `~` in front and variables are expanded. The
/// model `org/name` lies in `models--org--name`, whose `refs/main` names the commit that is in
/// `snapshots`.
struct HuggingFaceCache: Sendable {
  private static let prefix = "models--"
  let folder: String

  init(environment: [String: String]) {
    let paths = EnvironmentPaths(environment)
    folder =
      paths["HF_HUB_CACHE"] ?? paths["HUGGINGFACE_HUB_CACHE"]
      ?? (paths["HF_HOME"] ?? (paths["XDG_CACHE_HOME"] ?? paths.home + "/.cache") + "/huggingface")
      + "/hub"
  }

  /// The names `org/name` of the models that have a snapshot, sorted.
  func names() -> [String] {
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return folders.filter { $0.hasPrefix(Self.prefix) }.map {
      $0.dropFirst(Self.prefix.count).replacingOccurrences(of: "--", with: "/")
    }.filter { snapshot(of: $0) != nil }.sorted()
  }

  /// The folder of the snapshot that a model's main branch stood at, or of its only snapshot.
  func snapshot(of name: String) -> String? {
    let model =
      folder + "/" + Self.prefix + name.replacingOccurrences(of: "/", with: "--")
    let snapshots = model + "/snapshots"
    let commits = (try? FileManager.default.contentsOfDirectory(atPath: snapshots)) ?? []
    let main = try? String(contentsOfFile: model + "/refs/main", encoding: .utf8)
    if let main = main?.trimmingCharacters(in: .whitespacesAndNewlines), commits.contains(main) {
      return snapshots + "/" + main
    }
    return commits.count == 1 ? snapshots + "/" + commits[0] : nil
  }

  /// The repository of a folder in the cache, `…/models--org--name/snapshots/commit`.
  static func repository(ofSnapshot folder: String) -> String? {
    let parts = folder.split(separator: "/")
    guard parts.count >= 3, parts[parts.count - 2] == "snapshots",
      parts[parts.count - 3].hasPrefix(prefix)
    else { return nil }
    return String(parts[parts.count - 3].dropFirst(prefix.count)).replacing("--", with: "/")
  }

  /// Whether a text has the form `org/name`.
  static func isRepository(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        !part.isEmpty && part.first != "." && part.first != "~"
          && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
      }
  }
}
