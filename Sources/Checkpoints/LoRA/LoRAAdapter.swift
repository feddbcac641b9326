import Foundation
import StrictJSON

/// A LoRA adapter in the format of PEFT: adapter_config.json and adapter_model.safetensors.
///
/// Beside low-rank changes it may hold weights of its own: whole modules (`modules_to_save`), biases,
/// rows of trained tokens, and the magnitudes of DoRA.
public struct LoRAAdapter: Sendable {
  /// A low-rank change of one module's weight: scaling · B A.
  struct Factors: Sendable {
    /// A: `[rank, inputs]`; of an embedding `[rank, token]`.
    let a: Tensor
    /// B: `[outputs, rank]`; of an embedding `[dModel, rank]`, so that the change is (B A)ᵀ.
    let b: Tensor
    let ofEmbedding: Bool
    /// alpha / rank, or alpha / sqrt(rank) for rank-stabilised LoRA.
    let scaling: Double
  }

  /// What the adapter does to one module.
  struct Module: Sendable {
    /// Weight and bias that take the place of the base model's.
    var weight, bias: Tensor?
    var factors: Factors?
    /// DoRA's magnitudes, `[outputs]`: each row of the changed weight gets that length.
    var magnitudes: Tensor?
    /// Rows `[token, dModel]` that take the place of the embedding's, in the order of the ids in
    /// adapter_config.json.
    var tokenRows: Tensor?
    var tokens: [Int] = []
    /// Which part of the base model's weight the factors began as, where PEFT takes it out.
    var takesFromBase: BaseShare.Kind?
  }

  /// The folder that was opened, for messages.
  public let path: String
  /// By module name, such as `model.layers.0.self_attn.q_proj`.
  private(set) var modules: [String: Module] = [:]

  private static let configName = "adapter_config.json"
  private static let weightsName = "adapter_model.safetensors"
  /// What PEFT puts before the names of the base model's modules.
  private static let prefix = "base_model.model."

  /// Refuses what is there but no adapter's folder, where the way to one can be said.
  private static func expectFolder(_ path: String) throws(CheckpointError) {
    var isFolder: ObjCBool = false
    let manager = FileManager.default
    guard manager.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      throw .unsupported(
        path: path, what: "an adapter is a folder with \(configName) and \(weightsName)",
        remedy: "give the folder, such as \(folder)")
    }
    guard manager.fileExists(atPath: "\(path)/\(configName)") else {
      throw .unsupported(
        path: path, what: "it has no \(configName), so it is no adapter that PEFT saved",
        remedy: "give the folder that holds \(configName) and \(weightsName)")
    }
  }

  /// Opens the folder at `path` and checks that what it holds can be put on a model.
  public init(path: String) throws(CheckpointError) {
    self.path = path
    try Self.expectFolder(path)
    let config = try LoRAConfig(path: "\(path)/\(Self.configName)")
    let file = try SafetensorsFile(path: "\(path)/\(Self.weightsName)")
    var tensors: [String: [Part: Tensor]] = [:]
    for name in file.tensorNames {
      guard name.hasPrefix(Self.prefix),
        let part = Part.allCases.first(where: { name.hasSuffix("." + $0.rawValue) })
      else {
        throw .unsupported(
          path: file.path,
          what: "its tensor \(quoted(name)) is no part of a LoRA adapter known here",
          remedy: "merge the adapter into its base model with PEFT (merge_and_unload) and use that")
      }
      let module = String(name.dropFirst(Self.prefix.count).dropLast(part.rawValue.count + 1))
      tensors[module, default: [:]][part] = try file.tensor(named: name)
    }
    for (module, parts) in tensors.sorted(by: { $0.key < $1.key }) {
      let name = TextPart.name(inModelOfText: module)
      modules[name] = try Self.module(module, parts, config, path: file.path)
    }
  }

  /// How the names of tensors end, longer endings first.
  private enum Part: String, CaseIterable {
    case a = "lora_A.weight"
    case b = "lora_B.weight"
    case embeddingA = "lora_embedding_A"
    case embeddingB = "lora_embedding_B"
    case magnitudes = "lora_magnitude_vector"
    case magnitudesAsWeight = "lora_magnitude_vector.weight"
    case tokenRows = "token_adapter.trainable_tokens_delta"
    // Copies of the base model's own, which PEFT loads, too.
    case baseWeight = "base_layer.weight"
    case baseBias = "base_layer.bias"
    case weight
    case bias
  }

  private static func module(
    _ name: String, _ parts: [Part: Tensor], _ config: LoRAConfig, path: String
  ) throws(CheckpointError) -> Module {
    var module = Module(
      weight: parts[.weight] ?? parts[.baseWeight], bias: parts[.bias] ?? parts[.baseBias])
    module.magnitudes = parts[.magnitudes] ?? parts[.magnitudesAsWeight]
    if let rows = parts[.tokenRows] {
      module.tokenRows = rows
      module.tokens = try config.trainedTokens(ofModule: name, count: rows.rows)
    }
    module.factors = try factors(of: name, parts, config, path: path)
    module.takesFromBase = module.factors == nil ? nil : config.takesFromBase
    if let factors = module.factors, factors.ofEmbedding, config.takesFromBase != nil {
      throw .unsupported(
        path: path, what: "its embedding \(quoted(name)) began as a part of the base model's",
        remedy: "merge the adapter into its base model with PEFT (merge_and_unload) and use that")
    }
    if let magnitudes = module.magnitudes, module.factors == nil || !config.usesMagnitudes {
      throw .unsupported(
        path: path, what: "it has \(quoted(magnitudes.name)) but is no DoRA adapter",
        remedy: "download the adapter again")
    }
    if config.usesMagnitudes, let factors = module.factors,
      module.magnitudes == nil || factors.ofEmbedding
    {
      throw .unsupported(
        path: path,
        what: factors.ofEmbedding
          ? "DoRA of the embedding \(quoted(name)) is not supported"
          : "its module \(quoted(name)) has no magnitudes, which DoRA needs",
        remedy: "merge the adapter into its base model with PEFT (merge_and_unload) and use that")
    }
    return module
  }

  private static func factors(
    of module: String, _ parts: [Part: Tensor], _ config: LoRAConfig, path: String
  ) throws(CheckpointError) -> Factors? {
    let ofEmbedding = parts[.embeddingA] != nil || parts[.embeddingB] != nil
    let (a, b) =
      ofEmbedding
      ? (parts[.embeddingA], parts[.embeddingB]) : (parts[.a], parts[.b])
    guard a != nil || b != nil else { return nil }
    guard let a, let b else {
      throw .missingTensor(
        path: path,
        tensor: prefix + module + "."
          + (ofEmbedding
          ? (a == nil ? Part.embeddingA : Part.embeddingB) : (a == nil ? Part.a : Part.b)).rawValue)
    }
    let (rank, scaling) = try config.rankAndScaling(ofModule: module)
    guard a.shape == [rank, a.columns] else {
      throw .wrongShape(path: path, tensor: a.name, expected: [rank, a.columns], found: a.shape)
    }
    guard b.shape == [b.shape[0], rank] else {
      throw .wrongShape(path: path, tensor: b.name, expected: [b.shape[0], rank], found: b.shape)
    }
    return Factors(a: a, b: b, ofEmbedding: ofEmbedding, scaling: scaling)
  }
}
