/// The parts of a results group by name; one that is missing or of another kind is an error that
/// names it.
package struct ResultFields {
  package let group: ResultGroup
  /// For errors.
  package let path: String

  package init(group: ResultGroup, path: String) {
    self.group = group
    self.path = path
  }

  package func has(_ dataset: String) -> Bool { group.datasets.contains { $0.name == dataset } }

  package func has(attribute: String) -> Bool { group.attributes[attribute] != nil }

  package func text(_ attribute: String) throws(StoreError) -> String {
    guard case .text(let text) = group.attributes[attribute] else {
      throw malformed("attribute \(attribute)", "is missing or no text")
    }
    return text
  }

  package func integer(_ attribute: String) throws(StoreError) -> Int {
    guard case .integer(let number) = group.attributes[attribute] else {
      throw malformed("attribute \(attribute)", "is missing or no integer")
    }
    return number
  }

  /// Integers of exactly this shape, row-major; without one, a list of any length.
  package func integers(_ name: String, shape: [Int]? = nil) throws(StoreError) -> [Int] {
    guard let dataset = try find(name, rank: shape?.count ?? 1),
      shape.map({ $0 == dataset.shape }) ?? true, case .integers(let values) = dataset.values
    else { throw malformed(name, "holds no integers \(Self.described(shape))") }
    return values
  }

  /// Truth values of exactly this shape, row-major; without one, a list of any length.
  package func truths(_ name: String, shape: [Int]? = nil) throws(StoreError) -> [Bool] {
    if let dataset = try find(name, rank: shape?.count ?? 1),
      shape.map({ $0 == dataset.shape }) ?? true
    {
      switch dataset.values {
      case .truths(let values): return values
      // As older files have them.
      case .integers(let values) where values.allSatisfy({ $0 == 0 || $0 == 1 }):
        return values.map { $0 == 1 }
      default: break
      }
    }
    throw malformed(name, "holds no truth values \(Self.described(shape))")
  }

  /// Texts of exactly this shape, row-major; without one, a list of any length.
  package func texts(_ name: String, shape: [Int]? = nil) throws(StoreError) -> [String] {
    guard let dataset = try find(name, rank: shape?.count ?? 1),
      shape.map({ $0 == dataset.shape }) ?? true, case .texts(let values) = dataset.values
    else { throw malformed(name, "holds no texts \(Self.described(shape))") }
    return values
  }

  private static func described(_ shape: [Int]?) -> String {
    shape.map { "of shape \($0)" } ?? "in a list"
  }

  /// Numbers of exactly this shape, row-major; finite, unless NaN stands for what is not known.
  package func doubles(
    _ name: String, shape: [Int], finite: Bool = true
  ) throws(StoreError) -> [Double] {
    guard let dataset = try find(name, rank: shape.count), dataset.shape == shape,
      case .doubles(let values) = dataset.values
    else {
      throw malformed(name, "holds no float64 numbers of shape \(shape)")
    }
    guard !finite || values.allSatisfy(\.isFinite) else {
      throw malformed(name, "holds NaN or infinity")
    }
    return values
  }

  /// `count` rows of finite numbers, at least one in a row.
  package func floatRows(_ name: String, count: Int) throws(StoreError) -> [[Float]] {
    guard let dataset = try find(name, rank: 2), case .floats(let values) = dataset.values,
      dataset.shape[0] == count, case let width = dataset.shape[1], width > 0
    else {
      throw malformed(name, "holds no \(count) rows of float32 numbers")
    }
    guard values.allSatisfy(\.isFinite) else { throw malformed(name, "holds NaN or infinity") }
    return (0..<count).map { Array(values[$0 * width..<($0 + 1) * width]) }
  }

  package func malformed(_ place: String, _ problem: String) -> StoreError {
    .malformed(path: path, place: "\(place) of /\(group.name)", problem: problem)
  }

  private func find(_ name: String, rank: Int) throws(StoreError) -> ResultDataset? {
    guard let dataset = group.datasets.first(where: { $0.name == name }) else {
      throw malformed(name, "is missing")
    }
    return dataset.shape.count == rank ? dataset : nil
  }
}

extension StoredModel {
  /// As attributes of a group, each name beginning with `model_`.
  public var attributes: [String: ResultValue] {
    var attributes: [String: ResultValue] = [
      "model_name": .text(name), "model_path": .text(path), "model_sha256": .text(sha256),
      "model_architecture": .text(architecture), "model_n_layers": .integer(nLayers),
      "model_d_model": .integer(dModel), "model_d_vocab": .integer(dVocab),
    ]
    attributes["model_adapters"] = adapters.map { .text($0) }
    return attributes
  }

  /// From such attributes; nil where there are none.
  package init?(_ fields: ResultFields) throws(StoreError) {
    guard fields.has(attribute: "model_name") else { return nil }
    self.init(
      name: try fields.text("model_name"), path: try fields.text("model_path"),
      sha256: try fields.text("model_sha256"),
      adapters: try fields.has(attribute: "model_adapters") ? fields.text("model_adapters") : nil,
      architecture: try fields.text("model_architecture"),
      nLayers: try fields.integer("model_n_layers"), dModel: try fields.integer("model_d_model"),
      dVocab: try fields.integer("model_d_vocab"))
  }
}

/// Arrays of several axes, and what may be absent.
extension ResultFields {
  package func number(_ attribute: String) throws(StoreError) -> Double {
    switch group.attributes[attribute] {
    case .number(let number): return number
    case .integer(let number): return Double(number)
    default: throw malformed("attribute \(attribute)", "is missing or no number")
    }
  }

  /// The shape of a dataset; empty where there is none.
  package func shape(_ name: String) -> [Int] { find(name)?.shape ?? [] }

  /// Numbers of exactly this shape, row-major; NaN stands for what is not known.
  package func numbers(_ name: String, shape: [Int]) throws(StoreError) -> [Double] {
    let dataset = find(name)
    guard dataset?.shape == shape else { throw malformed(name, "has not the shape \(shape)") }
    switch dataset?.values {
    case .doubles(let values): return values
    case .floats(let values): return values.map(Double.init)
    default: throw malformed(name, "holds no numbers with a fraction")
    }
  }

  private func find(_ name: String) -> ResultDataset? {
    group.datasets.first { $0.name == name }
  }
}
