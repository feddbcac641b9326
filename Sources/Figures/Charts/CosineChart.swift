/// The mean cosine of transitions with d_harm over the layers, a line and a band per label.
struct CosineChart: Chart {
  let result: CosineResult
  let origin: String

  var caption: Caption {
    Caption(
      title: "Cosine of the transition with the harm direction", origin: origin, notes: [note])
  }

  var legend: [LegendEntry] {
    zip(styles, result.series).map { style, series in
      LegendEntry(
        name: "\(style.name) (\(series.count))", color: style.color,
        sample: .line(dashes: [], mark: style.mark))
    }
  }

  var size: Size { Size(width: 560, height: 330) }

  private var styles: [LabelStyle] { LabelStyle.styles(of: result.series.map(\.label)) }

  func draw(on canvas: borrowing Canvas, in body: Rect) {
    let layers = result.layers.map(Double.init)
    let panel = Panel(
      frame: body.inset(left: 58, top: 4, right: 6, bottom: 38),
      x: Scale.domain(of: layers, margin: 0.025),
      y: Scale.domain(
        of: result.series.flatMap { series in
          zip(series.means, series.margins).flatMap { [$0 - $1, $0 + $1] }
        }))
    panel.drawAxes(
      on: canvas, xTicks: panel.layerTicks, yTicks: panel.yTicks, xTitle: "layer",
      yTitle: "mean cosine with d_harm")
    for (style, series) in zip(styles, result.series) {
      let edges = zip(series.means, series.margins)
      let upper = zip(layers, edges).map { panel.place($0, $1.0 + $1.1) }
      let lower = zip(layers, edges).map { panel.place($0, $1.0 - $1.1) }
      canvas.polygon(upper + lower.reversed(), style.color.with(alpha: 0.18))
    }
    for (style, series) in zip(styles, result.series) {
      let places = zip(layers, series.means).map { panel.place($0, $1) }
      canvas.line(places, Stroke(color: style.color, width: 1.8))
      for place in places { canvas.mark(style.mark, at: place, radius: 2.6, style.color) }
    }
  }

  private var note: String {
    "Bands: 95% interval of the mean (1.96 standard errors). A prompt's score is its mean over "
      + "the layers; unsafe from \(text(result.threshold, decimals: 3)) on"
      + (result.rocAUC.map { ", ROC-AUC \(text($0, decimals: 3))" } ?? "") + "."
  }
}
