import ActivationStore
import CCairo
import Foundation

/// A page that Cairo draws: the only owner of a Cairo surface and its context.
///
/// The same calls give the same bytes. Cairo keeps errors to itself until `finish()` asks.
struct Canvas: ~Copyable {
  /// Pixels per point of PNG files: 144 dots per inch.
  private static let pixelsPerPoint = 2.0

  let context: OpaquePointer
  private let surface: OpaquePointer
  private let format: FigureFormat
  private let target: String
  /// The name that errors give.
  private let path: String

  /// Begins a page of a format that will be written to `target`.
  init(
    size: Size, format: FigureFormat, target: String, path: String, created: Date
  ) throws(FigureError) {
    let made: OpaquePointer?
    switch format {
    case .svg: made = cairo_svg_surface_create(target, size.width, size.height)
    case .pdf:
      made = cairo_pdf_surface_create(target, size.width, size.height)
      // Without this the file would say when it was drawn, and no two would be alike.
      let date = created.formatted(.iso8601)
      cairo_pdf_surface_set_metadata(made, CAIRO_PDF_METADATA_CREATE_DATE, date)
      cairo_pdf_surface_set_metadata(made, CAIRO_PDF_METADATA_CREATOR, "workbench")
    case .png:
      let scale = Self.pixelsPerPoint
      made = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, Int32((size.width * scale).rounded(.up)),
        Int32((size.height * scale).rounded(.up)))
    }
    guard let made, let context = cairo_create(made) else {
      throw .drawing(operation: "begin", path: path, reason: "Cairo has no memory left")
    }
    (surface, self.context) = (made, context)
    (self.format, self.target, self.path) = (format, target, path)
    if format == .png { cairo_scale(context, Self.pixelsPerPoint, Self.pixelsPerPoint) }
    // Pixels at the edge may be larger than the page.
    use(.white)
    cairo_paint(context)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// Writes the file and says whether all drawing went well.
  func finish() throws(FigureError) {
    try expectSuccess(cairo_status(context), "draw")
    cairo_surface_flush(surface)
    if format == .png { try expectSuccess(cairo_surface_write_to_png(surface, target), "write") }
    cairo_surface_finish(surface)
    try expectSuccess(cairo_surface_status(surface), "write")
    if format == .svg { try nameSurface() }
  }

  /// Gives the drawing a fixed id, since Cairo counts all surfaces of the process.
  private func nameSurface() throws(FigureError) {
    let url = URL(fileURLWithPath: target)
    do {
      let text = try String(contentsOf: url, encoding: .utf8)
      let named = text.replacing(/id="surface\d+"/, with: "id=\"figure\"", maxReplacements: 1)
      try Data(named.utf8).write(to: url)
    } catch {
      throw .drawing(operation: "write", path: path, reason: error.localizedDescription)
    }
  }

  private func expectSuccess(_ status: cairo_status_t, _ operation: String) throws(FigureError) {
    guard status != CAIRO_STATUS_SUCCESS else { return }
    let reason = cairo_status_to_string(status).map { String(cString: $0) } ?? "unknown error"
    throw .drawing(operation: operation, path: path, reason: reason)
  }
}

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
