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
