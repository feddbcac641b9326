import ActivationStore
import ModelLibrary

extension StoredModel {
  /// What a file made with `model` says of it.
  public init(_ model: LanguageModel) throws(ModelError) {
    self.init(
      name: model.name, path: model.path, sha256: try FileDigest().sha256(ofModel: model.path),
      adapters: try Self.adapterLines(model),
      architecture: model.config.architecture, nLayers: model.config.nLayers,
      dModel: model.config.dModel, dVocab: model.config.dVocab)
  }

  /// Refuses to go on unless `model` has the weights, adapters included, that this names.
  ///
  /// `path` is the file that says so. Names and places of the files do not count, their bytes do.
  func expectSame(as model: LanguageModel, path: String) throws(AnalysisError) {
    let other: StoredModel
    do throws(ModelError) { other = try StoredModel(model) } catch { throw .model(error) }
    guard sha256 == other.sha256 else {
      throw .otherModel(path: path, made: name, given: other.name)
    }
    guard adapterContents == other.adapterContents else {
      throw .otherAdapters(path: path, made: adapters, given: other.adapters)
    }
  }

  private static func adapterLines(_ model: LanguageModel) throws(ModelError) -> String? {
    guard !model.adapters.isEmpty else { return nil }
    var lines: [String] = []
    for adapter in model.adapters {
      // The settings are a part of what an adapter does: its scale stands there.
      let digest = try FileDigest().sha256(
        ofFiles: ["adapter_config.json", "adapter_model.safetensors"], in: adapter.path)
      lines.append("\(adapter.path) scale \(adapter.scale) sha256 \(digest)")
    }
    return lines.joined(separator: "\n")
  }
}
