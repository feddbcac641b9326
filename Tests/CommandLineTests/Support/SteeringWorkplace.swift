import Testing

/// A folder with the tiny model, labelled prompts, and vectors made from them.
struct SteeringWorkplace {
  static let model = ["--model", "tiny.gguf"]
  static let prompts = ["--prompts", "prompts.csv"]
  static let vectors = ["--vectors", "vectors.h5"]

  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.write(
      "id,prompt,label\na,the kill,unsafe\nb,Hi,safe\nc,x the,unsafe\nd,a cat,safe\n",
      to: "prompts.csv")
    try workplace.run(["vectors"] + Self.model + Self.prompts + ["-o", "vectors.h5"])
      .expectSuccess()
  }

  func ablate(_ arguments: [String], output: String? = nil) throws -> Output {
    try workplace.run(Self.ablation(arguments, output: output))
  }

  static func ablation(_ arguments: [String], output: String? = nil) -> [String] {
    ["ablate"] + model + prompts + vectors + arguments + (output.map { ["-o", $0] } ?? [])
  }

  func steer(_ arguments: [String]) throws -> Output {
    try workplace.run(Self.steering(arguments))
  }

  /// Steers the last of the model's two layers; too few for a middle.
  static func steering(_ arguments: [String]) -> [String] {
    let layers = arguments.contains("--layers") ? [] : ["--layers", "1"]
    let length = arguments.contains("--max-new-tokens") ? [] : ["--max-new-tokens", "4"]
    return ["steer"] + model + vectors + layers + length + arguments
  }
}
