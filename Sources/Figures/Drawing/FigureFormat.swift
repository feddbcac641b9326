import Foundation

/// The file formats of figures.
enum FigureFormat: String, CaseIterable {
  case svg, pdf, png

  /// The format that a file's extension names.
  init(path: String) throws(FigureError) {
    let ending = (path as NSString).pathExtension.lowercased()
    guard let format = FigureFormat(rawValue: ending) else {
      throw .unknownExtension(path: path)
    }
    self = format
  }
}
