/// Writes GGUF files for tests, faithfully including whatever nonsense it is told.
struct GGUFBuilder {
  struct TensorEntry {
    var name: String
    var ne: [UInt64]
    var type: UInt32
    var offset: UInt64
  }

  var magic: [UInt8] = Array("GGUF".utf8)
  var version: UInt32 = 3
  var alignment = 32
  var tensors: [TensorEntry] = []
  var data: [UInt8] = []
  /// Replaces the true count of tensors or pairs when set.
  var statedTensorCount: UInt64?
  var statedPairCount: UInt64?
  private var pairs: [[UInt8]] = []

  mutating func add(_ key: String, type: UInt32, value: [UInt8]) {
    pairs.append(Self.string(key) + Self.bytes(type) + value)
  }

  mutating func add(rawKey key: [UInt8], type: UInt32, value: [UInt8]) {
    pairs.append(Self.bytes(UInt64(key.count)) + key + Self.bytes(type) + value)
  }

  mutating func add(_ key: String, _ value: Int) {
    add(key, type: 4, value: Self.bytes(UInt32(truncatingIfNeeded: value)))
  }

  mutating func add(_ key: String, _ value: Float) {
    add(key, type: 6, value: Self.bytes(value.bitPattern))
  }

  mutating func add(_ key: String, _ value: String) {
    add(key, type: 8, value: Self.string(value))
  }

  /// Adds an array whose elements are `body`, already encoded.
  mutating func add(_ key: String, arrayOf type: UInt32, count: UInt64, body: [UInt8]) {
    add(key, type: 9, value: Self.bytes(type) + Self.bytes(count) + body)
  }

  /// Adds a tensor with its data at the next aligned offset.
  mutating func addTensor(_ name: String, ne: [UInt64], type: UInt32, data bytes: [UInt8]) {
    data += [UInt8](repeating: 0, count: (alignment - data.count % alignment) % alignment)
    tensors.append(TensorEntry(name: name, ne: ne, type: type, offset: UInt64(data.count)))
    data += bytes
  }

  /// Adds a float32 tensor of which all numbers are `value`.
  mutating func addTensor(_ name: String, ne: [UInt64], filledWith value: Float) {
    let count = Int(ne.reduce(1, *))
    let bytes = [[UInt8]](repeating: Self.bytes(value.bitPattern), count: count).flatMap { $0 }
    addTensor(name, ne: ne, type: 0, data: bytes)
  }

  /// The same model in parts with `counts` tensors each, as llama.cpp's gguf-split makes them.
  func parts(of counts: [Int]) -> [[UInt8]] {
    var first = 0
    return counts.enumerated().map { number, count in
      var part = GGUFBuilder()
      if number == 0 { part.pairs = pairs }
      part.add("split.no", type: 2, value: Self.bytes(UInt16(number)))
      part.add("split.count", type: 2, value: Self.bytes(UInt16(counts.count)))
      for index in first..<first + count {
        let tensor = tensors[index]
        let end = index + 1 < tensors.count ? Int(tensors[index + 1].offset) : data.count
        part.addTensor(
          tensor.name, ne: tensor.ne, type: tensor.type, data: Array(data[Int(tensor.offset)..<end])
        )
      }
      first += count
      return part.build()
    }
  }

  func build() -> [UInt8] {
    var file = magic + Self.bytes(version)
    file += Self.bytes(statedTensorCount ?? UInt64(tensors.count))
    file += Self.bytes(statedPairCount ?? UInt64(pairs.count))
    file += pairs.flatMap { $0 }
    for tensor in tensors {
      file += Self.string(tensor.name) + Self.bytes(UInt32(tensor.ne.count))
      file += tensor.ne.flatMap(Self.bytes) + Self.bytes(tensor.type) + Self.bytes(tensor.offset)
    }
    file += [UInt8](repeating: 0, count: (alignment - file.count % alignment) % alignment)
    return file + data
  }

  static func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
  }

  static func string(_ text: String) -> [UInt8] {
    bytes(UInt64(text.utf8.count)) + Array(text.utf8)
  }
}
