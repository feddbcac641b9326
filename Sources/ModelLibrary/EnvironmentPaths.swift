import Foundation

/// Paths in environment variables, with a `~` in front and variables expanded as Python's
/// `os.path.expanduser` and `os.path.expandvars` do: what a job file quotes, no shell has expanded.
struct EnvironmentPaths {
  private let environment: [String: String]

  init(_ environment: [String: String]) {
    self.environment = environment
  }

  /// The user's own folder.
  var home: String {
    let stated = environment["HOME"] ?? ""
    return stated.isEmpty ? NSHomeDirectory() : stated
  }

  /// The path in a variable; nil where it is not set or empty.
  subscript(name: String) -> String? {
    guard let value = environment[name], !value.isEmpty else { return nil }
    return expandingVariables(in: expandingHome(in: value))
  }

  private func expandingHome(in path: String) -> String {
    guard path.hasPrefix("~") else { return path }
    let end = path.firstIndex(of: "/") ?? path.endIndex
    let user = path[path.index(after: path.startIndex)..<end]
    let folder = user.isEmpty ? home : NSHomeDirectoryForUser(String(user))
    return folder.map { $0 + path[end...] } ?? path
  }

  /// Variables that are not set stay as they are written.
  private func expandingVariables(in path: String) -> String {
    path.replacing(#/\$(?:\{([^}]*)\}|(\w+))/#) { match in
      let name = String(match.1 ?? match.2 ?? "")
      return environment[name] ?? String(match.0)
    }
  }
}
