import Foundation
import SteeringEngine

/// Rows of a run, put where they belong in arrays of float32 and written as plain files.
struct RowFiles {
  /// `[sequence, layer, dModel]`: `resid_post`.
  private var residPost: [Float]
  /// `[sequence, dVocab]`.
  private var logits: [Float]
  private let nLayers: Int

  init(sequences: Int, nLayers: Int, dModel: Int, dVocab: Int) {
    residPost = .init(repeating: .nan, count: sequences * nLayers * dModel)
    logits = .init(repeating: .nan, count: sequences * dVocab)
    self.nLayers = nLayers
  }

  mutating func add(_ captured: CapturedRows) {
    for (index, sequence) in captured.sequences.enumerated() {
      let row = captured.values[index * captured.width..<(index + 1) * captured.width]
      if let layer = captured.hook.layer {
        let start = (sequence * nLayers + layer) * captured.width
        residPost.replaceSubrange(start..<start + captured.width, with: row)
      } else {
        let start = sequence * captured.width
        logits.replaceSubrange(start..<start + captured.width, with: row)
      }
    }
  }

  /// Writes `resid_post.f32` and `logits.f32`.
  func write(to folder: URL) throws {
    for (name, values) in [("resid_post", residPost), ("logits", logits)] {
      try values.withUnsafeBytes { Data($0) }
        .write(to: folder.appendingPathComponent("\(name).f32"))
    }
  }
}
