import ActivationStore
import Checkpoints

// A control vector as llama.cpp, repeng and EasySteer use it: a 1-D float32 tensor `direction.N` per
// layer. Keys of our own (`workbench.*`) say what N means and how the vectors were made; llama.cpp
// reads no keys.
extension VectorFile {
  private static let conventionKey = "workbench.index_convention"
  private static let keyPrefix = "workbench."

  static func writeGGUF(
    _ set: VectorSet, to path: String, index: GGUFIndex, provenance: Provenance, overwrite: Bool
  ) throws(AnalysisError) {
    if index == .block, set.layers.first == 0 {
      throw .vectorFile(
        path: path,
        problem: "a GGUF control vector cannot steer layer 0, because llama.cpp has no "
          + "direction.0; leave layer 0 out with --layers")
    }
    var writer = GGUFWriter()
    writer.add(.text("controlvector"), for: "general.architecture")
    writer.add(.text(set.model?.architecture ?? ""), for: "controlvector.model_hint")
    writer.add(.uint32(UInt32(set.layers.count)), for: "controlvector.layer_count")
    writer.add(.text(index.rawValue), for: conventionKey)
    let metadata = VectorMetadata(set, provenance: provenance)
    for (key, text) in metadata.texts.sorted(by: { $0.key < $1.key }) {
      writer.add(.text(text), for: keyPrefix + key)
    }
    for (layer, vector) in zip(set.layers, set.vectors) {
      writer.addTensor("direction.\(layer + index.offset)", vector)
    }
    let file = writer
    try ofCheckpoints { () throws(CheckpointError) in
      try file.write(to: path, overwrite: overwrite)
    }
  }

  static func readGGUF(_ path: String, index: GGUFIndex?) throws(AnalysisError) -> VectorSet {
    let file = try ofCheckpoints { () throws(CheckpointError) in try GGUFFile(path: path) }
    let index = try convention(of: file, given: index)
    var vectors: [Int: [Float]] = [:]
    for info in file.tensors {
      guard info.shape.count == 1, let match = info.name.wholeMatch(of: directionName),
        let number = Int(match.1), number >= index.offset
      else { throw notADirection(path, info.name, index) }
      vectors[number - index.offset] = try ofCheckpoints { () throws(CheckpointError) in
        try file.tensor(named: info.name).unpacked()
      }
    }
    return try VectorMetadata(texts(of: file), path: path).makeSet(vectors)
  }

  private static var directionName: Regex<(Substring, Substring)> {
    /direction\.(0|[1-9][0-9]{0,8})/
  }

  private static func convention(
    of file: GGUFFile, given: GGUFIndex?
  ) throws(AnalysisError) -> GGUFIndex {
    let text = try ofCheckpoints { () throws(CheckpointError) in
      try file.metadata.stringIfPresent(for: conventionKey)
    }
    guard let text else {
      guard let given else {
        throw .vectorFile(path: file.path, problem: missingConvention(file.path))
      }
      return given
    }
    guard let stored = GGUFIndex(rawValue: text) else {
      throw .vectorFile(
        path: file.path,
        problem: "\(conventionKey) is \(text.debugDescription), which this version does not know; "
          + "use a newer workbench")
    }
    guard given == nil || given == stored else {
      throw .vectorFile(
        path: file.path, problem: "it says itself that its index is \(text); leave --gguf-index out"
      )
    }
    return stored
  }

  private static func missingConvention(_ path: String) -> String {
    "it does not say which block direction.N belongs to; say it with `workbench vectors convert "
      + "\(path) -o vectors.h5 --gguf-index block` (llama.cpp's reading, repeng, EasySteer) or "
      + "block-plus-one (llama.cpp's cvector-generator, jukofyork), and use that file"
  }

  private static func texts(of file: GGUFFile) throws(AnalysisError) -> [String: String] {
    var texts: [String: String] = [:]
    for key in file.metadata.keys where key.hasPrefix(keyPrefix) {
      texts[String(key.dropFirst(keyPrefix.count))] =
        try ofCheckpoints { () throws(CheckpointError) in try file.metadata.string(for: key) }
    }
    return texts
  }

  private static func notADirection(
    _ path: String, _ name: String, _ index: GGUFIndex
  ) -> AnalysisError {
    .vectorFile(
      path: path,
      problem: "the tensor \(name.debugDescription) is not a direction of one axis whose number is "
        + "\(index.offset) or more, so this is no control vector of index \(index.rawValue)")
  }
}

/// What the number N in the name `direction.N` of a GGUF control vector says.
///
/// llama.cpp stores direction.N at (N - 1) * n_embd (`common_control_vector_load_one` in
/// common/common.cpp) and fills the tensor of block il from (il - 1) * n_embd
/// (`llama_adapter_cvec::apply` in src/llama-adapter.cpp). Both subtractions cancel: direction.N is
/// added to the output of block N, counted from 0, where `build_cvec` stands just before `l_out`.
/// Block 0 has no tensor there ("there's never a tensor for layer 0"), and direction.0 is refused.
public enum GGUFIndex: String, CaseIterable, Sendable {
  /// N is the block: what llama.cpp applies and repeng and EasySteer write.
  case block
  /// N is the block + 1: what llama.cpp's cvector-generator and jukofyork's tools write.
  ///
  /// llama.cpp adds such a vector one block after the one that it was read from, and drops that of
  /// the last block.
  case blockPlusOne = "block-plus-one"

  /// N of the first block.
  var offset: Int { self == .block ? 0 : 1 }
}
