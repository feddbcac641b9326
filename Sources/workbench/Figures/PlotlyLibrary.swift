import Foundation
import ModelLibrary

/// The plotting library that reports carry inside, as `tools/fetch_plotly.py` puts it into the cache.
enum PlotlyLibrary {
  /// Of plotly.min.js in the PyPI package plotly 7.1.0; `tools/fetch_plotly.py` knows the same.
  private static let sha256 = "3b6e15d45dbb7fca5bd2094291e961ddc5472cd887009e6009a56dab668d721f"

  /// Refuses a file that is there and is another: what it says would run in every report.
  static func expectGenuine(_ path: String) throws {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return }
    guard try FileDigest.sha256(of: text) == sha256 else { throw OtherLibrary(path: path) }
  }
}

/// The cache holds another plotting library than the one that reports were made for.
private struct OtherLibrary: Error, CustomStringConvertible {
  let path: String

  var description: String {
    "\(path) is not the plotting library that reports carry inside; fetch it again with `make plotly`"
  }
}
