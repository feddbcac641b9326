/// One figure's body; a `Page` puts title, legend and notes around it.
protocol Chart {
  var caption: Caption { get }
  var legend: [LegendEntry] { get }
  /// The size of the body in points.
  var size: Size { get }

  func draw(on canvas: borrowing Canvas, in body: Rect)
}

/// The words around a figure.
struct Caption {
  var title: String
  /// The model and the data, each on a line of its own or together.
  var origin: String
  /// What a reader has to know to read the numbers right.
  var notes: [String] = []
}

/// What a colour, a mark or a dash stands for.
struct LegendEntry {
  /// What is drawn before the name.
  enum Sample {
    case mark(LabelStyle.Mark)
    case line(dashes: [Double], mark: LabelStyle.Mark?)
    case area
  }

  let name: String
  let color: Color
  let sample: Sample
}
