/// The colour and the mark of each label, the same in every figure.
struct LabelStyle: Equatable {
  /// The shape of a point.
  enum Mark: CaseIterable {
    case disc, triangle, square, diamond
  }

  let name: String
  let color: Color
  let mark: Mark

  /// Styles of labels in this order: safe, unsafe, then the others by name.
  ///
  /// Safe is always blue and unsafe always vermilion, so that figures of one run agree.
  static func styles(of labels: some Sequence<String>) -> [LabelStyle] {
    let known = ["safe", "unsafe"]
    let all = Set(labels)
    let others = all.subtracting(known).sorted()
    let named = known.enumerated().filter { all.contains($0.element) }
      .map { ($0.offset, $0.element) }
    return (named + others.enumerated().map { ($0.offset + known.count, $0.element) }).map {
      place, name in
      LabelStyle(
        name: name.isEmpty ? "no label" : name,
        color: Palette.categories[place % Palette.categories.count],
        mark: Mark.allCases[place % Mark.allCases.count])
    }
  }

  /// The order of `styles(of:)` as an index into it for each label.
  static func order(of labels: some Sequence<String>) -> [String: Int] {
    let names = styles(of: labels).map(\.name)
    return Dictionary(
      Set(labels).map { label in
        (label, names.firstIndex(of: label.isEmpty ? "no label" : label) ?? 0)
      }, uniquingKeysWith: { first, _ in first })
  }
}
