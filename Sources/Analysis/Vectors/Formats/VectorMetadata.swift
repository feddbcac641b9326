import ActivationStore
import Foundation

/// How vectors were made, as texts under the keys that safetensors and GGUF files carry.
///
/// `norms` and `residual_norms` are in the order of `layers`. The model's path is left out, since such files are passed
/// on to others.
struct VectorMetadata {
  static let format = "workbench-vectors"
  /// Vectors point from safe towards unsafe prompts.
  static let sign = "unsafe-minus-safe"

  let texts: [String: String]
  private let path: String

  init(_ set: VectorSet, provenance: Provenance) {
    var texts = [
      "format": Self.format, "kind": set.kind.rawValue, "unit": "\(set.isUnit)",
      "hook": "resid_post", "position": set.position,
      "layers": set.layers.map(String.init).joined(separator: ","),
      "norms": set.norms.map { "\($0)" }.joined(separator: ","),
      "unsafe_count": "\(set.unsafeCount)", "safe_count": "\(set.safeCount)",
      "tool_version": provenance.toolVersion, "command_line": provenance.commandLine,
      "created": provenance.created.formatted(.iso8601),
    ]
    if set.kind != .imported { texts["sign"] = Self.sign }
    if let norms = set.residualNorms {
      texts["residual_norms"] = norms.map { "\($0)" }.joined(separator: ",")
    }
    if let model = set.model {
      texts["model_name"] = model.name
      texts["model_sha256"] = model.sha256
      texts["model_architecture"] = model.architecture
      texts["model_adapters"] = model.adapters
      texts["n_layers"] = "\(model.nLayers)"
      texts["d_model"] = "\(model.dModel)"
      texts["d_vocab"] = "\(model.dVocab)"
    }
    self.texts = texts
    path = ""
  }

  init(_ texts: [String: String], path: String) {
    self.texts = texts
    self.path = path
  }

  /// Puts vectors together with what the file says about them, in ascending order of layers.
  ///
  /// A file that is not of our making says nothing: the norms are then those of the vectors.
  func makeSet(_ vectors: [Int: [Float]]) throws(AnalysisError) -> VectorSet {
    let layers = vectors.keys.sorted()
    let rows = layers.compactMap { vectors[$0] }
    try check(layers, rows)
    let lengths = rows.map { row in
      row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    guard texts["format"] == Self.format else {
      return VectorSet(
        kind: .imported, layers: layers, vectors: rows,
        isUnit: lengths.allSatisfy { abs($0 - 1) < 1e-4 }, norms: lengths, position: "",
        unsafeCount: 0, safeCount: 0, harmDirections: nil, anchors: [], model: nil)
    }
    guard try numbers("layers", Int.init) == layers else { throw problem("layers") }
    let norms = try numbers("norms", Double.init)
    guard norms.count == layers.count else { throw problem("norms") }
    let residualNorms =
      texts["residual_norms"] == nil ? nil : try numbers("residual_norms", Double.init)
    guard residualNorms.map({ $0.count == layers.count }) ?? true else {
      throw problem("residual_norms")
    }
    return VectorSet(
      kind: try value("kind", VectorSet.Kind.init(rawValue:)), layers: layers, vectors: rows,
      isUnit: try value("unit", Bool.init), norms: norms,
      position: try value("position") { $0 }, unsafeCount: try value("unsafe_count", Int.init),
      safeCount: try value("safe_count", Int.init), harmDirections: nil, anchors: [],
      residualNorms: residualNorms, model: try model())
  }

  private func check(_ layers: [Int], _ rows: [[Float]]) throws(AnalysisError) {
    guard let width = rows.first?.count, width > 0 else {
      throw .vectorFile(path: path, problem: "it holds no vectors; export them again")
    }
    for (layer, row) in zip(layers, rows) {
      guard row.count == width else {
        throw .vectorFile(
          path: path,
          problem: "the vector of layer \(layer) has \(row.count) numbers where that of layer "
            + "\(layers[0]) has \(width); export them again")
      }
      guard row.allSatisfy(\.isFinite) else {
        throw .vectorFile(
          path: path,
          problem: "the vector of layer \(layer) has a NaN or an infinity; make it again")
      }
    }
  }

  private func model() throws(AnalysisError) -> StoredModel? {
    guard texts["model_name"] != nil else { return nil }
    return StoredModel(
      name: try value("model_name") { $0 }, path: "", sha256: try value("model_sha256") { $0 },
      adapters: texts["model_adapters"], architecture: try value("model_architecture") { $0 },
      nLayers: try value("n_layers", Int.init), dModel: try value("d_model", Int.init),
      dVocab: try value("d_vocab", Int.init))
  }

  private func numbers<Number>(
    _ key: String, _ parse: (String) -> Number?
  ) throws(AnalysisError) -> [Number] {
    let parts = (texts[key] ?? "").split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { parse(String($0)) }
    guard numbers.count == parts.count else { throw problem(key) }
    return numbers
  }

  private func value<Value>(
    _ key: String, _ parse: (String) -> Value?
  ) throws(AnalysisError) -> Value {
    guard let value = texts[key].flatMap(parse) else { throw problem(key) }
    return value
  }

  private func problem(_ key: String) -> AnalysisError {
    .vectorFile(
      path: path,
      problem: "what it says under \(key) is missing or does not fit its vectors; export them again"
    )
  }
}
