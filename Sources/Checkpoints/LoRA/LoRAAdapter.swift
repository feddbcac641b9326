import StrictJSON

/// A LoRA adapter in the format of PEFT: adapter_config.json and adapter_model.safetensors.
public struct LoRAAdapter: Sendable {
  /// The change of one module's weight: scaling · B A.
  struct Factors: Sendable {
    /// A: `[rank, inputs]`.
    let a: Tensor
    /// B: `[outputs, rank]`.
    let b: Tensor
    /// alpha / rank, or alpha / sqrt(rank) for rank-stabilised LoRA.
    let scaling: Double
  }

  /// The folder that was opened, for messages.
  public let path: String
  /// The factors by module name, such as `model.layers.0.self_attn.q_proj`.
  let factors: [String: Factors]

  private static let configName = "adapter_config.json"
  private static let weightsName = "adapter_model.safetensors"
  /// What PEFT puts before the names of the base model's modules.
  private static let prefix = "base_model.model."
  private static let endingOfA = ".lora_A.weight"
  private static let endingOfB = ".lora_B.weight"

  /// Opens the folder at `path` and checks that it holds a plain LoRA adapter.
  public init(path: String) throws(CheckpointError) {
    self.path = path
    let config = try LoRAConfig(path: "\(path)/\(Self.configName)")
    let file = try SafetensorsFile(path: "\(path)/\(Self.weightsName)")
    var factors: [String: Factors] = [:]
    for module in try Self.modules(of: file).sorted() {
      let name = TextPart.name(inModelOfText: module)
      factors[name] = try Self.factors(of: module, in: file, config)
    }
    self.factors = factors
  }

  private static func modules(of file: SafetensorsFile) throws(CheckpointError) -> Set<String> {
    var modules: Set<String> = []
    for name in file.tensorNames {
      guard name.hasPrefix(prefix),
        let ending = [endingOfA, endingOfB].first(where: name.hasSuffix)
      else {
        throw .unsupported(
          path: file.path,
          what: "its tensor \(quoted(name)) is neither A nor B of a linear layer's LoRA",
          remedy: "use a plain LoRA adapter, or merge it into its base model with PEFT")
      }
      modules.insert(String(name.dropFirst(prefix.count).dropLast(ending.count)))
    }
    return modules
  }

  private static func factors(
    of module: String, in file: SafetensorsFile, _ config: LoRAConfig
  ) throws(CheckpointError) -> Factors {
    let a = try file.tensor(named: prefix + module + endingOfA)
    let b = try file.tensor(named: prefix + module + endingOfB)
    let (rank, scaling) = try config.rankAndScaling(ofModule: module)
    guard a.shape == [rank, a.columns] else {
      throw .wrongShape(
        path: file.path, tensor: a.name, expected: [rank, a.columns], found: a.shape)
    }
    guard b.shape == [b.shape[0], rank] else {
      throw .wrongShape(
        path: file.path, tensor: b.name, expected: [b.shape[0], rank], found: b.shape)
    }
    return Factors(a: a, b: b, scaling: scaling)
  }
}
