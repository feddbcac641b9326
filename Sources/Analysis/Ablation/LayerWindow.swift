/// Consecutive blocks, counted from 0.
public struct LayerWindow: Hashable, Sendable, CustomStringConvertible {
  public var first: Int
  public var last: Int

  public init(first: Int, last: Int) {
    self.first = first
    self.last = last
  }

  public var layers: [Int] { Array(first...last) }

  /// `10-19`, or `7` for a single block.
  public var description: String { first == last ? "\(first)" : "\(first)-\(last)" }
}

extension LayerWindow {
  /// Ascending layers, runs as ranges: `9-18,20`.
  public static func listed(_ layers: [Int]) -> String {
    var runs: [LayerWindow] = []
    for layer in layers {
      if let last = runs.last, last.last == layer - 1 {
        runs[runs.count - 1].last = layer
      } else {
        runs.append(LayerWindow(first: layer, last: layer))
      }
    }
    return runs.map(\.description).joined(separator: ",")
  }

  /// What can be written for windows, for helps and errors.
  public static let grammar =
    "single, former, middle, latter, ranges such as 10-19, or width=4,stride=2"

  /// The windows that a list names in a model of `nLayers`, in its order.
  ///
  /// `single` is every block alone; `former`, `middle` and `latter` are the segments of SCANS;
  /// `width=4,stride=2` slides a window over the model (the stride is 1 when absent).
  public static func parse(
    _ list: String, nLayers: Int
  ) throws(AblationError) -> [LayerWindow] {
    let parts = list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var windows: [LayerWindow] = []
    if parts.contains(where: { $0.hasPrefix("width=") || $0.hasPrefix("stride=") }) {
      windows = try sliding(parts, list: list, nLayers: nLayers)
    } else {
      for part in parts { windows += try named(part, list: list, nLayers: nLayers) }
    }
    guard Set(windows).count == windows.count else { throw .repeatedWindow(list: list) }
    return windows
  }

  private static func named(
    _ part: String, list: String, nLayers: Int
  ) throws(AblationError) -> [LayerWindow] {
    if part == "single" { return (0..<nLayers).map { LayerWindow(first: $0, last: $0) } }
    if let segment = LayerSegment(rawValue: part) {
      let layers = segment.layers(of: nLayers)
      guard let first = layers.first, let last = layers.last else {
        throw .emptySegment(segment, nLayers: nLayers)
      }
      return [LayerWindow(first: first, last: last)]
    }
    let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
      0 <= first, first <= last
    else { throw .malformedWindows(list: list) }
    guard last < nLayers else { throw .windowBeyondModel(part, nLayers: nLayers) }
    return [LayerWindow(first: first, last: last)]
  }

  private static func sliding(
    _ parts: [String], list: String, nLayers: Int
  ) throws(AblationError) -> [LayerWindow] {
    var sizes: [String: Int] = [:]
    for part in parts {
      let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2, ["width", "stride"].contains(sides[0]), sizes[sides[0]] == nil,
        let size = Int(sides[1]), size > 0
      else { throw .malformedWindows(list: list) }
      sizes[sides[0]] = size
    }
    guard let width = sizes["width"] else { throw .malformedWindows(list: list) }
    guard width <= nLayers else { throw .windowBeyondModel(list, nLayers: nLayers) }
    return stride(from: 0, through: nLayers - width, by: sizes["stride"] ?? 1).map {
      LayerWindow(first: $0, last: $0 + width - 1)
    }
  }
}
