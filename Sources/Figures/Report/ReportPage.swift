import Foundation

/// The page's template, filled in.
struct ReportPage {
  /// The library, which must not close its own script element.
  let plotly: String
  /// The data, without any `<`.
  let data: String

  var html: String {
    let parts = [
      "css": text(PackageResources.report_css), "plotly": plotly, "data": data,
      "js": text(PackageResources.report_js),
    ]
    var page = ""
    // Each part is put in once, so that a part's own braces are left alone.
    for piece in text(PackageResources.report_html).split(separator: "{{") {
      let split = piece.split(separator: "}}", maxSplits: 1, omittingEmptySubsequences: false)
      guard split.count == 2, let part = parts[String(split[0])] else {
        page += piece
        continue
      }
      page += part
      page += split[1]
    }
    return page
  }
}

/// A file that the program carries inside, as text.
func text(_ resource: [UInt8]) -> String { String(decoding: resource, as: UTF8.self) }
