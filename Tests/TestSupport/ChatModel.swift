import Foundation

/// The tiny chat model of the folder CommandLineTests/Fixtures; README.md there says how it was made.
package enum ChatModel {
  package static let nLayers = 2
  package static let dModel = 16
  package static let dVocab = 270

  package static let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../CommandLineTests/Fixtures/tiny-chat.gguf").standardizedFileURL
  package static let path = url.path

  /// The same with four blocks and a longer context.
  package static func deepBytes() throws -> [UInt8] {
    try [UInt8](
      Data(contentsOf: url.deletingLastPathComponent().appendingPathComponent("deep-chat.gguf")))
  }

  package static func bytes() throws -> [UInt8] { try [UInt8](Data(contentsOf: url)) }
}
