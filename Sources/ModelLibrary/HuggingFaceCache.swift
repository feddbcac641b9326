import Foundation

/// Hugging Face's cache of downloaded models, as `huggingface_hub` lays it out.
///
/// It is `$HF_HUB_CACHE`, else `$HF_HOME/hub`, else `~/.cache/huggingface/hub`. The model `org/name`
/// lies in `models--org--name`, whose `refs/main` names the commit that is in `snapshots`.
struct HuggingFaceCache: Sendable {
  private static let prefix = "models--"
  let folder: String

  init(environment: [String: String]) {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    folder =
      value("HF_HUB_CACHE") ?? value("HF_HOME").map { $0 + "/hub" }
      ?? (value("HOME") ?? NSHomeDirectory()) + "/.cache/huggingface/hub"
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
