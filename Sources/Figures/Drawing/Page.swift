import ActivationStore
import Foundation

/// A chart with its title, origin, legend and notes, as one file.
struct Page {
  private static let margin = 16.0
  private static let noteHeight = 12.5

  let chart: any Chart

  /// Draws the page to a file whose extension names the format.
  ///
  /// The file appears under its name only when it is whole; `created` goes into a PDF.
  func write(to path: String, overwrite: Bool, created: Date) throws(FigureError) {
    let format = try FigureFormat(path: path)
    let partial: PartialFile
    do throws(StoreError) {
      partial = try PartialFile(for: path, overwrite: overwrite)
    } catch {
      throw .store(error)
    }
    try draw(format, to: partial.partialPath, named: path, created: created)
    do throws(StoreError) { try partial.publish() } catch { throw .store(error) }
  }

  private func draw(
    _ format: FigureFormat, to target: String, named path: String, created: Date
  ) throws(FigureError) {
    // Heights follow from the widths of texts, and those from a canvas.
    let ruler = try Canvas(
      size: Size(width: 1, height: 1), format: .png, target: target, path: path, created: created)
    let width = chart.size.width
    let top = header(on: ruler)
    let notes = notes(on: ruler)
    let size = Size(
      width: width + 2 * Self.margin,
      height: top + chart.size.height + Double(notes.count) * Self.noteHeight
        + (notes.isEmpty ? 0 : 8) + 2 * Self.margin)
    let canvas = try Canvas(
      size: size, format: format, target: target, path: path, created: created)
    drawHeader(on: canvas)
    let body = Rect(
      x: Self.margin, y: Self.margin + top, width: width, height: chart.size.height)
    chart.draw(on: canvas, in: body)
    for (number, note) in notes.enumerated() {
      canvas.text(
        note, at: Point(x: body.x, y: body.maxY + 16 + Double(number) * Self.noteHeight), .note)
    }
    try canvas.finish()
  }

  private func notes(on canvas: borrowing Canvas) -> [String] {
    var lines: [String] = []
    for note in chart.caption.notes {
      lines += canvas.wrapped(note, width: chart.size.width, .note)
    }
    return lines
  }

  private func titles(on canvas: borrowing Canvas) -> (title: [String], origin: [String]) {
    let width = chart.size.width
    return (
      canvas.wrapped(chart.caption.title, width: width, .title),
      canvas.wrapped(chart.caption.origin, width: width, .subtitle)
    )
  }

  /// The height of everything above the body.
  private func header(on canvas: borrowing Canvas) -> Double {
    let (title, origin) = titles(on: canvas)
    let legend = Legend(entries: chart.legend, width: chart.size.width).height(on: canvas)
    return 16 * Double(title.count) + 13.5 * Double(origin.count)
      + (legend > 0 ? legend + 6 : 0) + 10
  }

  private func drawHeader(on canvas: borrowing Canvas) {
    let (title, origin) = titles(on: canvas)
    var y = Self.margin
    for line in title {
      canvas.text(line, at: Point(x: Self.margin, y: y + 11), .title)
      y += 16
    }
    for line in origin {
      canvas.text(line, at: Point(x: Self.margin, y: y + 10), .subtitle)
      y += 13.5
    }
    Legend(entries: chart.legend, width: chart.size.width)
      .draw(on: canvas, at: Point(x: Self.margin, y: y + 6))
  }
}
