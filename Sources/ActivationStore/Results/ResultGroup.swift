import Foundation

/// What one analysis found, as one group of an HDF5 file, such as `/vectors`.
public struct ResultGroup: Equatable, Sendable {
  /// The name without slashes.
  public var name: String
  public var attributes: [String: ResultValue]
  public var datasets: [ResultDataset]

  public init(name: String, attributes: [String: ResultValue], datasets: [ResultDataset]) {
    self.name = name
    self.attributes = attributes
    self.datasets = datasets
  }
}

/// An attribute's value.
public enum ResultValue: Equatable, Sendable {
  case text(String)
  case integer(Int)
  case number(Double)
}

/// An array with named axes.
public struct ResultDataset: Equatable, Sendable {
  /// The numbers or texts, row-major.
  public enum Values: Equatable, Sendable {
    case floats([Float])
    case doubles([Double])
    case integers([Int])
    case truths([Bool])
    case texts([String])
  }

  public var name: String
  /// The axes' names, outermost first, such as `["layer", "d_model"]`.
  public var axes: [String]
  public var shape: [Int]
  public var values: Values
  public var attributes: [String: ResultValue]

  public init(
    name: String, axes: [String], shape: [Int], values: Values,
    attributes: [String: ResultValue] = [:]
  ) {
    self.name = name
    self.axes = axes
    self.shape = shape
    self.values = values
    self.attributes = attributes
  }
}

/// Who made a file or a group of it, recorded there.
public struct Provenance: Sendable {
  public var toolVersion: String
  public var commandLine: String
  public var created: Date
  /// Options that change numbers, by the names of the attributes that they become, where the values
  /// do not say them themselves.
  public var settings: [String: ResultValue]

  public init(
    toolVersion: String, commandLine: String, created: Date,
    settings: [String: ResultValue] = [:]
  ) {
    self.toolVersion = toolVersion
    self.commandLine = commandLine
    self.created = created
    self.settings = settings
  }
}
