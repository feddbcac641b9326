import ActivationStore

/// A dataset of a group of results: what it is called, along which axes it lies, and what it holds.
public struct DatasetSchema: Hashable, Sendable {
  public enum Kind: Sendable {
    case texts, integers, truths, doubles, floats
  }

  public let name: String
  /// The axes' names, outermost first.
  public let axes: [String]
  public let kind: Kind
  /// What a value says, in some words.
  public let meaning: String
  /// The unit of the numbers, `1` for bare numbers.
  public let unit: String
  /// The integer that stands for no value; nil where there is always one.
  public let missing: Int?

  public init(
    _ name: String, _ axes: [String], _ kind: Kind, _ meaning: String, unit: String = "1",
    missing: Int? = nil
  ) {
    self.name = name
    self.axes = axes
    self.kind = kind
    self.meaning = meaning
    self.unit = unit
    self.missing = missing
  }

  /// The dataset with these values, where axes have these sizes.
  public func dataset(
    _ values: ResultDataset.Values, _ sizes: AxisSizes, attributes: [String: ResultValue] = [:]
  ) -> ResultDataset {
    precondition(values.kind == kind, "\(name) holds \(kind), not \(values.kind)")
    return ResultDataset(
      name: name, axes: axes, shape: sizes.shape(of: self), values: values,
      attributes: described.merging(attributes) { $1 })
  }

  /// The attributes by which readers of netCDF files show and read the values.
  private var described: [String: ResultValue] {
    var attributes: [String: ResultValue] = ["long_name": .text(meaning)]
    switch kind {
    case .texts, .truths: break
    case .integers, .doubles, .floats: attributes["units"] = .text(unit)
    }
    attributes["_FillValue"] = missing.map { .integer($0) }
    return attributes
  }

  /// The dataset of one axis with these values.
  public func column(_ values: ResultDataset.Values) -> ResultDataset {
    precondition(axes.count == 1, "\(name) has \(axes.count) axes")
    return dataset(values, AxisSizes([axes[0]: values.count]))
  }
}

/// Columns that several groups have.
extension DatasetSchema {
  static let promptID = DatasetSchema("prompt", ["prompt"], .texts, "id of the prompt")
  static let promptLabel = DatasetSchema(
    "prompt_label", ["prompt"], .texts, "label of the prompt as given")
  static let promptText = DatasetSchema("prompt_text", ["prompt"], .texts, "the prompt as given")
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
    case .truths: .truths
    case .doubles: .doubles
    case .floats: .floats
    }
  }

  var count: Int {
    switch self {
    case .texts(let values): values.count
    case .integers(let values): values.count
    case .truths(let values): values.count
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
