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
    let contents = try OpenFile(path: path).contents(limit: Self.longestIndex)
    let entries = try contents.withUnsafeBufferPointer { (bytes) throws(CheckpointError) in
      var scanner = JSONScanner(
        UnsafeRawBufferPointer(bytes), range: 0..<bytes.count, path: path)
      return try Self.readEntries(&scanner)
    }
    guard let entries, !entries.isEmpty else {
      throw .malformed(path: path, place: "\"weight_map\"", problem: "it is absent or empty")
    }
    self.path = path
    self.entries = entries
  }

  /// The names of the files, each once, in ascending order.
  var shards: [String] { Set(entries.map(\.shard)).sorted() }

  private static func readEntries(
    _ scanner: inout JSONScanner
  ) throws(CheckpointError) -> [(tensor: String, shard: String)]? {
    var entries: [(tensor: String, shard: String)]?
    try scanner.readObject { (scanner: inout JSONScanner, key) throws(CheckpointError) in
      if key == "weight_map" {
        entries = try readWeightMap(&scanner)
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    return entries
  }

  private static func readWeightMap(
    _ scanner: inout JSONScanner
  ) throws(CheckpointError) -> [(tensor: String, shard: String)] {
    var entries: [(tensor: String, shard: String)] = []
    try scanner.readObject { (scanner: inout JSONScanner, tensor) throws(CheckpointError) in
      scanner.subject = "tensor \(quoted(tensor))"
      let shard = try scanner.readString()
      guard isFileName(shard) else {
        throw scanner.malformed("\(quoted(shard)) is not the name of a file in the same folder")
      }
      entries.append((tensor, shard))
      scanner.subject = ""
    }
    return entries
  }

  /// A path could lead out of the folder, and NUL would end it early.
  private static func isFileName(_ text: String) -> Bool {
    !["", ".", ".."].contains(text)
      && !text.unicodeScalars.contains { $0 == "/" || $0.properties.generalCategory == .control }
  }
}
