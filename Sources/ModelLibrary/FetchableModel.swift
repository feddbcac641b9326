/// A model that `make model` fetches by its name.
public struct FetchableModel: Sendable, Hashable {
  /// The name that the model then has.
  public let name: String
  /// Of the GGUF file.
  public let byteCount: Int

  /// The command that fetches it.
  public var command: String { "make model MODEL=\(name)" }

  /// Those that tools/fetch_model.py knows, the default one first.
  public static let all = [
    FetchableModel(name: "SmolLM2-135M-Instruct.Q4_1", byteCount: 98_362_432),
    FetchableModel(name: "Qwen2.5-Coder-0.5B-Instruct.Q4_K_M", byteCount: 491_400_064),
    FetchableModel(name: "Qwen2.5-Coder-1.5B-Instruct.Q4_K_M", byteCount: 1_117_320_768),
  ]
}
