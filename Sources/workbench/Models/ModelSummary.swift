import Checkpoints
import ModelLibrary

/// What a model says of itself; what it does not say is left out.
struct ModelSummary: Encodable {
  struct Field: Encodable {
    let name: String
    let value: String
  }

  let fields: [Field]
  let chatTemplate: String?

  init(_ files: GGUFFiles) throws {
    let metadata = files.metadata
    var fields = [
      Field(name: "file", value: files.path),
      Field(name: "format", value: Self.format(files)),
      Field(name: "architecture", value: try metadata.string(for: "general.architecture")),
    ]
    if let name = try metadata.stringIfPresent(for: "general.name") {
      fields.append(Field(name: "name", value: name))
    }
    fields += Self.sizes { () throws(CheckpointError) in try GGUFCheckpoint(files) }
    fields += Self.tensors(files.tensors.map { ($0.typeName, $0.shape, $0.byteCount ?? 0) })
    fields += try Self.tokenizer(files)
    self.fields = fields
    chatTemplate = try metadata.stringIfPresent(for: "tokenizer.chat_template")
  }

  init(folder: String) throws {
    let weights = try SafetensorsFolder(path: folder)
    var fields = [
      Field(name: "folder", value: folder),
      Field(name: "format", value: "safetensors, \(counted(weights.shards.count, "file"))"),
    ]
    if let config = try? HuggingFaceFolder(path: folder).config {
      fields.append(Field(name: "architecture", value: config.architecture))
    }
    fields += Self.sizes { () throws(CheckpointError) in try HuggingFaceFolder(path: folder) }
    fields += Self.tensors(weights.tensors.map { ($0.typeName, $0.shape, $0.byteCount) })
    do throws(ModelError) {
      let text = try LanguageModel.tokenizer(ofFolder: folder)
      fields.append(Field(name: "tokenizer", value: "\(text.tokenizer.vocabularySize) tokens"))
      chatTemplate = text.chatTemplate
    } catch {
      fields.append(Field(name: "tokenizer", value: "unusable: \(error)"))
      chatTemplate = nil
    }
    self.fields = fields
  }

  private static func format(_ files: GGUFFiles) -> String {
    let version = "GGUF version \(files.version)"
    return files.parts.count == 1 ? version : "\(version), \(files.parts.count) files"
  }

  /// The hyperparameters, or why they cannot be used: such a model can still be looked at.
  private static func sizes(_ open: () throws(CheckpointError) -> any Checkpoint) -> [Field] {
    let checkpoint: any Checkpoint
    do throws(CheckpointError) { checkpoint = try open() } catch {
      return [Field(name: "sizes", value: "unknown: \(error)")]
    }
    let leftOut = checkpoint.leftOut.map { Field(name: "left out", value: $0) }
    return sizes(checkpoint.config) + leftOut
  }

  private static func sizes(_ config: ModelConfig) -> [Field] {
    [
      Field(name: "layers", value: "\(config.nLayers)"),
      Field(name: "d_model", value: "\(config.dModel)"),
      Field(
        name: "heads",
        value: "\(config.nHeads) query, \(config.nKVHeads) key-value, d_head \(config.dHead)"),
      Field(name: "d_mlp", value: "\(config.dMLP), \(config.mlp.activation.rawValue)"),
      Field(name: "d_vocab", value: "\(config.dVocab)"),
      Field(name: "context", value: "\(config.nCtx) tokens"),
      Field(name: "positions", value: positions(config)),
      Field(name: "unembedding", value: config.tiedUnembedding ? "tied to the embedding" : "own"),
    ]
  }

  private static func positions(_ config: ModelConfig) -> String {
    let windows = Set(config.layerAttention.compactMap(\.window)).sorted()
    let sliding = config.layerAttention.filter { $0.window != nil }.count
    let window =
      windows.isEmpty
      ? ""
      : "; \(sliding) of \(config.nLayers) layers see "
        + windows.map(String.init).joined(separator: " or ") + " tokens"
    guard case .rotary(let rules) = config.positions else { return "learned" + window }
    let rotary = rules.map { rule in "base \(rule.base)\(scaling(rule.scaling))" }
    return "rotary, " + rotary.joined(separator: " and ") + window
  }

  private static func scaling(_ scaling: RopeScaling) -> String {
    switch scaling {
    case .none: ""
    case .linear(let factor): ", linear scaling by \(factor)"
    case .llama3: ", Llama 3 scaling"
    case .yarn(let yarn): ", YaRN scaling by \(yarn.factor)"
    case .longrope(let long): ", LongRoPE beyond \(long.originalContext) tokens"
    }
  }

  private static func tensors(_ tensors: [(type: String, shape: [Int], bytes: Int)]) -> [Field] {
    let parameters = tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
    let byType = Dictionary(grouping: tensors, by: \.type)
    let types = byType.sorted { $0.key < $1.key }.map { type, tensors in
      "\(tensors.count) × \(type) (\(size(tensors.reduce(0) { $0 + $1.bytes })))"
    }
    return [
      Field(name: "parameters", value: "\(parameters)"),
      Field(name: "tensors", value: types.joined(separator: ", ")),
    ]
  }

  private static func tokenizer(_ files: GGUFFiles) throws -> [Field] {
    let metadata = files.metadata
    guard let kind = try metadata.stringIfPresent(for: "tokenizer.ggml.model") else {
      return [Field(name: "tokenizer", value: "none")]
    }
    let pre = try metadata.stringIfPresent(for: "tokenizer.ggml.pre") ?? "unnamed"
    let count = try metadata.arrayIfPresent(for: "tokenizer.ggml.tokens")?.count ?? 0
    var said = "\(kind), pre-tokenizer \(pre), \(count) tokens"
    do throws(ModelError) { _ = try LanguageModel.tokenizer(of: files) } catch {
      said += "; unusable: \(error)"
    }
    return [Field(name: "tokenizer", value: said)]
  }
}
