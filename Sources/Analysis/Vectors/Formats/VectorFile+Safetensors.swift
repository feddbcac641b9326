import ActivationStore
import Checkpoints

// A tensor `blocks.{layer}.hook_resid_post` [d_model] per layer, and `VectorMetadata`.
extension VectorFile {
  static func writeSafetensors(
    _ set: VectorSet, to path: String, provenance: Provenance, overwrite: Bool
  ) throws(AnalysisError) {
    var writer = SafetensorsWriter(metadata: VectorMetadata(set, provenance: provenance).texts)
    for (layer, vector) in zip(set.layers, set.vectors) {
      writer.addTensor("blocks.\(layer).hook_resid_post", shape: [vector.count], vector)
    }
    let file = writer
    try ofCheckpoints { () throws(CheckpointError) in
      try file.write(to: path, overwrite: overwrite)
    }
  }

  /// Reads what `writeSafetensors` writes, or a file whose one tensor is `[n_layers, d_model]`.
  ///
  /// Row l of such a tensor is the vector of layer l.
  static func readSafetensors(_ path: String) throws(AnalysisError) -> VectorSet {
    let file = try ofCheckpoints { () throws(CheckpointError) in try SafetensorsFile(path: path) }
    if file.tensors.count == 1, file.tensors[0].shape.count == 2 {
      let tensor = try ofCheckpoints { () throws(CheckpointError) in
        try file.tensor(named: file.tensors[0].name)
      }
      return try VectorMetadata([:], path: path).makeSet(rows(of: tensor))
    }
    var vectors: [Int: [Float]] = [:]
    for info in file.tensors {
      guard info.shape.count == 1, let match = info.name.wholeMatch(of: layerName),
        let layer = Int(match.1)
      else { throw notAVector(path, info.name) }
      vectors[layer] = try ofCheckpoints { () throws(CheckpointError) in
        try file.tensor(named: info.name).unpacked()
      }
    }
    return try VectorMetadata(file.metadata, path: path).makeSet(vectors)
  }

  private static var layerName: Regex<(Substring, Substring)> {
    /blocks\.(0|[1-9][0-9]{0,8})\.hook_resid_post/
  }

  private static func rows(of tensor: Tensor) throws(AnalysisError) -> [Int: [Float]] {
    let numbers = try ofCheckpoints { () throws(CheckpointError) in try tensor.unpacked() }
    let width = tensor.columns
    return Dictionary(
      uniqueKeysWithValues: (0..<tensor.rows).map { row in
        (row, Array(numbers[row * width..<(row + 1) * width]))
      })
  }

  private static func notAVector(_ path: String, _ name: String) -> AnalysisError {
    .vectorFile(
      path: path,
      problem: "the tensor \(name.debugDescription) tells no layer; expected are tensors "
        + "blocks.N.hook_resid_post of one axis, or a single tensor [n_layers, d_model]")
  }

  /// Runs `body`, whose errors come from the reader or writer of the file format.
  static func ofCheckpoints<Result>(
    _ body: () throws(CheckpointError) -> Result
  ) throws(AnalysisError) -> Result {
    do throws(CheckpointError) {
      return try body()
    } catch {
      throw .checkpoint(error)
    }
  }
}
