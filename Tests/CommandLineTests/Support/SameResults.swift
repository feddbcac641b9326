import ActivationStore

extension ResultGroup {
  /// Whether two groups hold the same, NaN, which equals nothing, being the same as NaN.
  func isSame(as other: ResultGroup) -> Bool {
    name == other.name && attributes == other.attributes && datasets.count == other.datasets.count
      && zip(datasets, other.datasets).allSatisfy { $0.isSame(as: $1) }
  }
}

extension ResultDataset {
  fileprivate func isSame(as other: ResultDataset) -> Bool {
    name == other.name && axes == other.axes && shape == other.shape
      && attributes == other.attributes && "\(values)" == "\(other.values)"
  }
}
