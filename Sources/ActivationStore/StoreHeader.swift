import Foundation

/// How the values of a file were made; stored as attributes of `/`.
public struct StoreHeader: Equatable, Sendable {
  /// The version of the program that wrote the file.
  public var toolVersion: String
  /// The command with all its arguments.
  public var commandLine: String
  /// When the run began; stored in whole seconds, UTC.
  public var created: Date
  public var model: StoredModel
  /// SHA-256 of the chat template in hexadecimal; nil when prompts were used as they are.
  public var chatTemplateSHA256: String?
  /// The precision of the forward pass, for instance `f32` or `bf16`.
  public var precision: String
  /// The type of the stored activations.
  public var dtype: StoredType
  public var seed: UInt64
  public var threads: Int
  /// Options that change the values besides these, by the names of their attributes.
  public var settings: [String: ResultValue]

  public init(
    toolVersion: String, commandLine: String, created: Date, model: StoredModel,
    chatTemplateSHA256: String?, precision: String, dtype: StoredType, seed: UInt64,
    threads: Int, settings: [String: ResultValue] = [:]
  ) {
    self.toolVersion = toolVersion
    self.commandLine = commandLine
    self.created = created
    self.model = model
    self.chatTemplateSHA256 = chatTemplateSHA256
    self.precision = precision
    self.dtype = dtype
    self.seed = seed
    self.threads = threads
    self.settings = settings
  }
}

/// The model that a file's activations come from.
public struct StoredModel: Equatable, Sendable {
  public var name: String
  /// The checkpoint as the run was given it.
  public var path: String
  /// SHA-256 of the checkpoint in hexadecimal.
  public var sha256: String
  /// The LoRA adapters on the checkpoint, a line each with path, scale and SHA-256; nil for none.
  public var adapters: String?
  /// The architecture's name, for instance `llama`.
  public var architecture: String
  public var nLayers: Int
  /// The width of the residual stream.
  public var dModel: Int
  /// The number of tokens in the vocabulary.
  public var dVocab: Int

  public init(
    name: String, path: String, sha256: String, adapters: String? = nil, architecture: String,
    nLayers: Int, dModel: Int, dVocab: Int
  ) {
    self.name = name
    self.path = path
    self.sha256 = sha256
    self.adapters = adapters
    self.architecture = architecture
    self.nLayers = nLayers
    self.dModel = dModel
    self.dVocab = dVocab
  }
}

/// The floating-point type of the activations in a file.
public enum StoredType: String, Equatable, Sendable, CaseIterable {
  case f16, f32

  /// The size of one value in bytes.
  var size: Int { self == .f16 ? 2 : 4 }

  var hdf5Type: HDF5Type { self == .f16 ? .float16 : .float32 }
}
