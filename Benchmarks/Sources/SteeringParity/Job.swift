import Foundation
import SteeringEngine

/// What `steering.py` asks for: prompts as token ids, and the same vectors that it steers with.
struct Job: Decodable {
  struct Prompt: Decodable {
    var tokens: [Int32]
    /// sigma: +1 or -1.
    var sign: Float
  }

  private struct Manifest: Decodable {
    var prompts: [Prompt]
    var layers: [Int]
    var alpha: Float
    var newTokens: Int
    var repetitionPenalty: Float
  }

  let prompts: [Prompt]
  /// Blocks whose `resid_post` is steered.
  let layers: [Int]
  let alpha: Float
  let newTokens: Int
  let repetitionPenalty: Float
  /// `[layer][dModel]`, in the order of `layers`.
  let vectors: [[Float]]

  /// Reads `job.json` and `vectors.f32` (`[layer, dModel]`, little-endian) of a folder.
  init(folder: URL) throws {
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: folder.appendingPathComponent("job.json")))
    prompts = manifest.prompts
    layers = manifest.layers
    alpha = manifest.alpha
    newTokens = manifest.newTokens
    repetitionPenalty = manifest.repetitionPenalty
    let data = try Data(contentsOf: folder.appendingPathComponent("vectors.f32"))
    let numbers = data.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 4).map { offset in
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
      }
    }
    let width = numbers.count / max(manifest.layers.count, 1)
    vectors = manifest.layers.indices.map { Array(numbers[$0 * width..<($0 + 1) * width]) }
  }

  /// The prompts, read at their last token, and steered from there on where `steered`.
  func sequences(steered: Bool) -> [TokenSequence] {
    prompts.map { prompt in
      let queryEnd = prompt.tokens.count - 1
      let interventions = zip(layers, vectors).map { layer, vector in
        Intervention(
          .add(vector, coefficient: alpha * prompt.sign), at: .residPost(layer),
          positions: .from(queryEnd))
      }
      return TokenSequence(
        tokens: prompt.tokens, readPositions: [queryEnd],
        interventions: steered ? interventions : [])
    }
  }
}
