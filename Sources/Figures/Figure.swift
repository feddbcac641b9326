import ActivationStore
import Foundation

/// A figure of a file of results, made again whenever it is wanted.
public struct Figure {
  /// What of a group is drawn, where there is a choice.
  public struct Choice: Sendable {
    /// The layers of `tsne`, all when nil; the first is that of `tsne-layer`, the one whose labels
    /// have the highest silhouette when nil.
    public var layers: [Int]?
    /// The metric of a sweep; the first that the file has when nil.
    public var metric: SweepMetric?
    /// The prompt under the lens; the file's first when nil.
    public var prompt: String?

    public init(layers: [Int]? = nil, metric: SweepMetric? = nil, prompt: String? = nil) {
      self.layers = layers
      self.metric = metric
      self.prompt = prompt
    }
  }

  private let page: Page
  private let created: Date

  /// Reads what the figure needs from the file at `path`.
  ///
  /// - Throws: a `FigureError` that names the group where it is missing, empty or constant.
  public init(_ kind: FigureKind, of path: String, choice: Choice = Choice()) throws(FigureError) {
    let source = FigureSource(run: try RunFile(path: path), choice: choice)
    let (chart, group) = try source.chart(kind)
    page = Page(chart: chart)
    created = try source.run.provenance(of: group).created
  }

  /// Writes the figure as SVG, PDF or PNG (144 dots per inch), by the path's extension.
  ///
  /// The same results give the same bytes: the date inside a PDF is the results' own.
  public func write(to path: String, overwrite: Bool) throws(FigureError) {
    try page.write(to: path, overwrite: overwrite, created: created)
  }

  /// Refuses a path whose extension names no format, before any work is done.
  public static func expectFormat(of path: String) throws(FigureError) {
    _ = try FigureFormat(path: path)
  }
}

/// The figures that a file of results can be drawn as.
public enum FigureKind: String, CaseIterable, Sendable {
  case tsne
  case tsneLayer = "tsne-layer"
  case cosines
  case ablation
  case ablationHeatmap = "ablation-heatmap"
  case lens
  case refusals
}
