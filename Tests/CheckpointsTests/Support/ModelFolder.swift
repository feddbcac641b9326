import Checkpoints
import Foundation
import Testing

/// A copy of a fixture's folder that a test may change; removed at the end.
final class ModelFolder {
  let path: String

  init(copying fixture: String) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    path = url.path
    try FileManager.default.copyItem(
      atPath: Fixture.path("architectures/\(fixture)"), toPath: path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Replaces members of a JSON file in the folder; nil removes them.
  func change(_ members: [String: Any?], in file: String = "config.json") throws {
    let url = URL(fileURLWithPath: "\(path)/\(file)")
    var object =
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] ?? [:]
    for (key, value) in members { object[key] = value }
    try JSONSerialization.data(withJSONObject: object).write(to: url)
  }

  /// Changes bytes of a file, such as a name in a header, to others of the same count.
  func replace(_ text: String, by other: String, in file: String) throws {
    let url = URL(fileURLWithPath: "\(path)/\(file)")
    var data = try Data(contentsOf: url)
    guard text.utf8.count == other.utf8.count, let range = data.range(of: Data(text.utf8)) else {
      throw CocoaError(.formatting)
    }
    data.replaceSubrange(range, with: Data(other.utf8))
    try data.write(to: url)
  }

  /// Renames the tensors of model.safetensors, or leaves them out where `name` gives nil.
  func renameTensors(_ name: (String) -> String?) throws {
    let file = try SafetensorsFile(path: "\(path)/model.safetensors")
    var writer = SafetensorsWriter(metadata: [:])
    for stored in file.tensorNames {
      let tensor = try file.tensor(named: stored)
      guard let name = name(stored) else { continue }
      try writer.addTensor(name, shape: tensor.shape, tensor.unpacked())
    }
    try Data(writer.bytes).write(to: URL(fileURLWithPath: "\(path)/model.safetensors"))
  }

  /// The message with which the folder is refused as a model.
  func refusal() -> String {
    message { () throws(CheckpointError) in try HuggingFaceFolder(path: path).config }
  }
}

extension TensorRole {
  /// The key of this role's weight in the files of expected weights.
  var fixtureKey: String {
    guard case .block(let layer, let tensor) = self else { return "\(self)" }
    // The files call the output projection so.
    let name =
      switch tensor {
      case .o: "attnOut"
      case .oBias: "attnOutBias"
      default: tensor.rawValue
      }
    return "block.\(layer).\(name)"
  }
}
