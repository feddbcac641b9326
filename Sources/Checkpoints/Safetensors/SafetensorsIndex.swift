import StrictJSON

/// The list in `model.safetensors.index.json` of which file holds which tensor.
struct SafetensorsIndex {
  static let fileName = "model.safetensors.index.json"

  /// In bytes; indices of the largest models have five million.
  private static let longestIndex = 100_000_000

  let path: String
  /// Tensor names and the names of their files, in the order of the index.
  let entries: [(tensor: String, shard: String)]

  /// Reads the index of the folder; its totals and other remarks are not looked at.
  init(folder: String) throws(CheckpointError) {
    let path = "\(folder)/\(Self.fileName)"
    let index = try JSONValue.parse(
      try OpenFile(path: path).contents(limit: Self.longestIndex)[...], path: path)
    guard let map = index["weight_map"], map.members?.count ?? 1 > 0 else {
      throw .malformed(path: path, place: "\"weight_map\"", problem: "it is absent or empty")
    }
    self.path = path
    entries = try Self.readWeightMap(map, path: path)
  }

  /// The names of the files, each once, in ascending order.
  var shards: [String] { Set(entries.map(\.shard)).sorted() }

  private static func readWeightMap(
    _ map: JSONValue, path: String
  ) throws(CheckpointError) -> [(tensor: String, shard: String)] {
    var entries: [(tensor: String, shard: String)] = []
    for (tensor, value) in try map.namedMembers(subject: "\"weight_map\"", path: path) {
      let shard = try value.text(ofMember: tensor, subject: "\"weight_map\"", path: path)
      guard isFileName(shard) else {
        throw value.malformed(
          "\(quoted(shard)) is not the name of a file in the same folder",
          subject: "tensor \(quoted(tensor))", path: path)
      }
      entries.append((tensor, shard))
    }
    return entries
  }

  /// A path could lead out of the folder, and NUL would end it early.
  private static func isFileName(_ text: String) -> Bool {
    !["", ".", ".."].contains(text)
      && !text.unicodeScalars.contains { $0 == "/" || $0.properties.generalCategory == .control }
  }
}
