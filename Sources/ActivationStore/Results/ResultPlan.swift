/// A group that has been checked, and the axes that it needs scales for.
struct ResultPlan {
  /// Attributes that every group has besides its own.
  static let provenanceAttributes: Set = ["tool_version", "command_line", "created"]
  /// Attributes with which HDF5 and netCDF-4 keep their own books.
  static let libraryAttributes: Set = [
    "CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "DIMENSION_LABELS", "_Netcdf4Dimid",
    "_Netcdf4Coordinates", "_NCProperties",
  ]
  /// Attributes from which readers of netCDF know coordinates and truth values.
  static let conventionAttributes: Set = ["coordinates", "dtype"]
  /// The attribute with the value that stands for what is not known.
  static let missing = "_FillValue"

  let group: ResultGroup
  /// Each axis with its length, in the order of appearance.
  private(set) var axes: [(name: String, length: Int)] = []

  private let path: String

  init(_ group: ResultGroup, path: String) throws(StoreError) {
    self.group = group
    self.path = path
    try expectName(group.name, "a group")
    try expectAttributes(
      group.attributes, reserved: Self.provenanceAttributes.union(Self.conventionAttributes))
    var names: Set<String> = []
    for dataset in group.datasets {
      try expectName(dataset.name, "a dataset")
      guard names.insert(dataset.name).inserted else {
        throw problem("the dataset \(dataset.name) occurs twice in \(group.name)")
      }
      try expectAttributes(
        dataset.attributes, reserved: Self.libraryAttributes.union(Self.conventionAttributes))
      try addAxes(of: dataset)
    }
    for dataset in group.datasets where axes.contains(where: { $0.name == dataset.name }) {
      guard isScale(dataset) else {
        throw problem("\(place(dataset)) has the name of an axis, whose values it does not hold")
      }
    }
  }

  /// Whether the dataset holds the coordinates of an axis.
  func isScale(_ dataset: ResultDataset) -> Bool { dataset.axes == [dataset.name] }

  /// Whether an axis has no dataset of coordinates.
  func isBare(_ axis: String) -> Bool { !group.datasets.contains { $0.name == axis } }

  /// The datasets that say of each place of an axis what it is: labels of prompts, texts of tokens.
  var auxiliaryCoordinates: [String] {
    group.datasets.filter { dataset in
      guard dataset.axes.count == 1, !isScale(dataset), case .texts = dataset.values else {
        return false
      }
      return dataset.name.hasPrefix(dataset.axes[0] + "_")
    }.map(\.name)
  }

  /// What an axis is called in a file that has another of its name.
  func ownName(of axis: String) -> String { Self.ownPrefix(in: group.name) + axis }

  /// How such names begin.
  static func ownPrefix(in group: String) -> String { group + "_" }

  private mutating func addAxes(of dataset: ResultDataset) throws(StoreError) {
    guard dataset.axes.count == dataset.shape.count else {
      throw problem(
        "\(place(dataset)) names \(dataset.axes.count) axes and has \(dataset.shape.count)")
    }
    guard Set(dataset.axes).count == dataset.axes.count else {
      throw problem("\(place(dataset)) has two axes of one name")
    }
    for (name, length) in zip(dataset.axes, dataset.shape) {
      try expectName(name, "an axis")
      guard let known = axes.first(where: { $0.name == name }) else {
        axes.append((name, length))
        continue
      }
      guard known.length == length else {
        throw problem("the axis \(name) has the lengths \(known.length) and \(length)")
      }
    }
    try expectCount(dataset)
  }

  private func expectCount(_ dataset: ResultDataset) throws(StoreError) {
    let place = HDF5Place(file: path, object: place(dataset))
    guard dataset.shape.allSatisfy({ $0 >= 0 }) else {
      throw problem("\(place.object) has an axis of negative length")
    }
    let expected = try HDF5Space.count(dataset.shape, place)
    guard dataset.values.count == expected else {
      throw .wrongCount(
        path: path, place: place.object, expected: expected, got: dataset.values.count)
    }
  }

  private func expectAttributes(
    _ attributes: [String: ResultValue], reserved: Set<String>
  ) throws(StoreError) {
    for name in attributes.keys.sorted() {
      try expectName(name, "an attribute")
      guard !reserved.contains(name) else {
        throw problem("the attribute \(name) is written by the store itself")
      }
    }
  }

  private func expectName(_ name: String, _ kind: String) throws(StoreError) {
    let bytes = name.utf8
    let isUsable =
      !bytes.isEmpty && name != "." && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x2F }
    guard isUsable else {
      throw problem("'\(name)' cannot be the name of \(kind); use letters, digits and _")
    }
  }

  private func place(_ dataset: ResultDataset) -> String { "/\(group.name)/\(dataset.name)" }

  private func problem(_ text: String) -> StoreError {
    .unusableContents(path: path, problem: text)
  }
}

extension ResultDataset.Values {
  /// How many numbers or texts there are.
  public var count: Int {
    switch self {
    case .floats(let values): values.count
    case .doubles(let values): values.count
    case .integers(let values): values.count
    case .truths(let values): values.count
    case .texts(let values): values.count
    }
  }
}
