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
