import ActivationStore

/// A dataset of a group of results: what it is called, along which axes it lies, and what it holds.
public struct DatasetSchema: Hashable, Sendable {
  public enum Kind: Sendable {
    case texts, integers, doubles, floats
  }

  public let name: String
  /// The axes' names, outermost first.
  public let axes: [String]
  public let kind: Kind

  public init(_ name: String, _ axes: [String], _ kind: Kind) {
    self.name = name
    self.axes = axes
    self.kind = kind
  }

  /// The dataset with these values, where axes have these sizes.
  public func dataset(
    _ values: ResultDataset.Values, _ sizes: AxisSizes, attributes: [String: ResultValue] = [:]
  ) -> ResultDataset {
    precondition(values.kind == kind, "\(name) holds \(kind), not \(values.kind)")
    return ResultDataset(
      name: name, axes: axes, shape: sizes.shape(of: self), values: values, attributes: attributes)
  }

  /// The dataset of one axis with these values.
  public func column(_ values: ResultDataset.Values) -> ResultDataset {
    precondition(axes.count == 1, "\(name) has \(axes.count) axes")
    return dataset(values, AxisSizes([axes[0]: values.count]))
  }
}

/// How long the axes of a group are.
public struct AxisSizes: ExpressibleByDictionaryLiteral, Sendable {
  private let sizes: [String: Int]

  public init(_ sizes: [String: Int]) { self.sizes = sizes }

  public init(dictionaryLiteral elements: (String, Int)...) {
    sizes = Dictionary(elements, uniquingKeysWith: { first, _ in first })
  }

  func shape(of schema: DatasetSchema) -> [Int] {
    schema.axes.map { axis in
      guard let size = sizes[axis] else {
        preconditionFailure("the size of \(schema.name)'s axis \(axis) is not said")
      }
      return size
    }
  }
}

extension ResultDataset.Values {
  var kind: DatasetSchema.Kind {
    switch self {
    case .texts: .texts
    case .integers: .integers
    case .doubles: .doubles
    case .floats: .floats
    }
  }

  var count: Int {
    switch self {
    case .texts(let values): values.count
    case .integers(let values): values.count
    case .doubles(let values): values.count
    case .floats(let values): values.count
    }
  }
}

/// A group of results by its datasets.
public protocol GroupSchema {
  /// The group's name in a file, without slashes.
  static var group: String { get }
  /// All datasets that the group can have.
  static var datasets: [DatasetSchema] { get }
}
