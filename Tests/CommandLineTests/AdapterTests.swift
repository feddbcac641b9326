import ActivationStore
import Foundation
import Testing

@Suite("LoRA adapters on the command line")
struct AdapterTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.write("Hi, the\n", to: "prompts.txt")
    try workplace.writeAdapter("lora", module: "layers.0.self_attn.q_proj", inputs: 16)
  }

  private func states(_ arguments: [String] = []) throws -> (header: StoreHeader, values: [Float]) {
    try workplace.dump(arguments + ["--force"]).expectSuccess()
    let reader = try ActivationReader(path: workplace.path("out.h5"))
    return (
      reader.header, try reader.matrix(hook: "resid_post", layer: 1, position: "last").values
    )
  }

  @Test("Scale 0 is the model itself, and the file says which adapter at which scale")
  func scales() throws {
    let plain = try states()
    #expect(plain.header.model.adapters == nil)
    let none = try states(["--adapter", "lora", "--adapter-scale", "0"])
    #expect(none.values == plain.values)
    let full = try states(["--adapter", "lora"])
    #expect(full.values != plain.values)
    let recorded = try #require(full.header.model.adapters)
    #expect(recorded.hasPrefix("lora scale 1.0 sha256 ") && recorded.count == 22 + 64)
    let cancelled = try states([
      "--adapter", "lora", "--adapter", "lora", "--adapter-scale", "1", "--adapter-scale", "-1",
    ])
    for (back, start) in zip(cancelled.values, plain.values) {
      #expect(abs(back - start) <= 1e-5 * max(1, abs(start)))
    }
  }

  @Test("Adapters that do not fit are refused in one sentence")
  func refusals() throws {
    try workplace.expectDumpRefusal(
      with: ["--adapter", "nowhere"],
      "cannot read nowhere/adapter_config.json: there is no such file; check the path")
    try workplace.expectDumpRefusal(
      with: ["--adapter", "prompts.txt"],
      "prompts.txt cannot be used: an adapter is a folder with adapter_config.json and "
        + "adapter_model.safetensors; give the folder, such as \(workplace.folder)")
    try workplace.makeFolder("empty")
    try workplace.expectDumpRefusal(
      with: ["--adapter", "empty"],
      "empty cannot be used: it has no adapter_config.json, so it is no adapter that PEFT saved; "
        + "give the folder that holds adapter_config.json and adapter_model.safetensors")
    try workplace.writeAdapter("other", module: "layers.7.self_attn.q_proj", inputs: 16)
    let absent = try workplace.dump(["--adapter", "other"])
    #expect(absent.status == 1 && absent.stderr.contains("layers.7.self_attn.q_proj"))
    try workplace.writeAdapter("wide", module: "layers.0.self_attn.q_proj", inputs: 24)
    let wide = try workplace.dump(["--adapter", "wide"])
    #expect(wide.status == 1 && wide.stderr.contains("another base model"))
    let usage = try workplace.dump(["--adapter-scale", "2"])
    #expect(usage.status == 64 && usage.stderr.contains("--adapter-scale is given 1 times"))
  }
}

extension Workplace {
  /// Writes a rank-2 adapter in PEFT's format for one module of 16 outputs.
  fileprivate func writeAdapter(_ folder: String, module: String, inputs: Int) throws {
    try makeFolder(folder)
    try write(
      #"{"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj"]}"#,
      to: folder + "/adapter_config.json")
    let prefix = "base_model.model.model." + module
    let (a, b) = (2 * inputs * 4, 16 * 2 * 4)
    let header = """
      {"\(prefix).lora_A.weight": {"dtype": "F32", "shape": [2, \(inputs)], "data_offsets": [0, \(a)]},
      "\(prefix).lora_B.weight": {"dtype": "F32", "shape": [16, 2], "data_offsets": [\(a), \(a + b)]}}
      """
    let values = (0..<(a + b) / 4).map { Float($0 % 7) - 3 }
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { [UInt8]($0) }
    let data = values.flatMap { value in
      withUnsafeBytes(of: value.bitPattern.littleEndian) { [UInt8]($0) }
    }
    try write(length + Array(header.utf8) + data, to: folder + "/adapter_model.safetensors")
  }
}
