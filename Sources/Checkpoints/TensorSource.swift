/// The file format that a model comes in; names, arrangements and defaults depend on it.
enum FileFormat: Sendable {
  case gguf, huggingFace
}

/// Files that hold named tensors.
protocol TensorSource: Sendable {
  /// The path that was opened, for messages.
  var path: String { get }
  /// The names of all tensors.
  var tensorNames: [String] { get }
  /// Returns the row-major shape of the tensor with this name, or nil when there is none.
  func shape(ofTensor name: String) -> [Int]?
  /// Returns the tensor with this name; throws when it is absent or cannot be unpacked.
  func tensor(named name: String) throws(CheckpointError) -> Tensor
}

extension TensorSource {
  func has(_ name: String) -> Bool { shape(ofTensor: name) != nil }

  /// Returns the positive numbers of a vector with exactly `count` of them.
  func positiveVector(
    named name: String, count: Int
  ) throws(CheckpointError) -> [Float] {
    let tensor = try tensor(named: name)
    guard tensor.shape == [count] else {
      throw .wrongShape(path: path, tensor: name, expected: [count], found: tensor.shape)
    }
    let numbers = try tensor.unpacked()
    guard numbers.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw .invalidConfig(
        path: path, key: name, problem: "a factor is not a positive finite number")
    }
    return numbers
  }
}
