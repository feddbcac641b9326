import ArgumentParser
import Checkpoints
import ModelLibrary

struct ModelsInspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Print a model file's architecture, sizes, tensor types, tokenizer and template.",
    discussion: """
      EXAMPLE
        workbench models inspect SmolLM2-135M-Instruct
      """)

  @Argument(help: "A GGUF file, a folder with one, or a name from `workbench models list`.")
  var model: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let file = try GGUFFile(path: ModelCatalog().resolve(model))
    let summary = try Summary(file)
    if json { return try printJSON(summary) }
    let width = summary.fields.map(\.name.count).max() ?? 0
    for field in summary.fields {
      print(field.name.padding(to: width + 2) + field.value)
    }
    if let template = summary.chatTemplate {
      print("\nchat template\n" + template)
    }
  }
}

/// What a model file says of itself; a field that it does not have is left out.
private struct Summary: Encodable {
  struct Field: Encodable {
    let name: String
    let value: String
  }

  let fields: [Field]
  let chatTemplate: String?

  init(_ file: GGUFFile) throws {
    let metadata = file.metadata
    let architecture = try metadata.string(for: "general.architecture")
    var fields = [
      Field(name: "file", value: file.path),
      Field(name: "format", value: "GGUF version \(file.version)"),
      Field(name: "architecture", value: architecture),
    ]
    if let name = try metadata.stringIfPresent(for: "general.name") {
      fields.append(Field(name: "name", value: name))
    }
    fields += try Self.sizes(file, architecture: architecture)
    fields += Self.tensors(file)
    fields += try Self.tokenizer(file)
    self.fields = fields
    chatTemplate = try metadata.stringIfPresent(for: "tokenizer.chat_template")
  }

  /// The hyperparameters, or why they cannot be used: a file of another architecture can still be looked at.
  private static func sizes(_ file: GGUFFile, architecture: String) throws -> [Field] {
    let config: ModelConfig
    do throws(CheckpointError) { config = try GGUFCheckpoint(file).config } catch {
      return [Field(name: "sizes", value: "unknown: \(error)")]
    }
    return [
      Field(name: "layers", value: "\(config.nLayers)"),
      Field(name: "d_model", value: "\(config.dModel)"),
      Field(
        name: "heads",
        value: "\(config.nHeads) query, \(config.nKVHeads) key-value, d_head \(config.dHead)"),
      Field(name: "d_mlp", value: "\(config.dMLP)"),
      Field(name: "d_vocab", value: "\(config.dVocab)"),
      Field(name: "context", value: "\(config.nCtx) tokens"),
      Field(name: "rope", value: "\(config.positions)"),
      Field(name: "unembedding", value: config.tiedUnembedding ? "tied to the embedding" : "own"),
    ]
  }

  private static func tensors(_ file: GGUFFile) -> [Field] {
    let parameters = file.tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
    let byType = Dictionary(grouping: file.tensors, by: \.typeName)
    let types = byType.sorted { $0.key < $1.key }.map { type, tensors in
      "\(tensors.count) × \(type) (\(size(tensors.reduce(0) { $0 + ($1.byteCount ?? 0) })))"
    }
    return [
      Field(name: "parameters", value: "\(parameters)"),
      Field(name: "tensors", value: types.joined(separator: ", ")),
    ]
  }

  private static func tokenizer(_ file: GGUFFile) throws -> [Field] {
    let metadata = file.metadata
    guard let kind = try metadata.stringIfPresent(for: "tokenizer.ggml.model") else {
      return [Field(name: "tokenizer", value: "none")]
    }
    let pre = try metadata.stringIfPresent(for: "tokenizer.ggml.pre") ?? "unnamed"
    let count = try metadata.arrayIfPresent(for: "tokenizer.ggml.tokens")?.count ?? 0
    return [
      Field(name: "tokenizer", value: "\(kind), pre-tokenizer \(pre), \(count) tokens")
    ]
  }
}
