import Checkpoints
import Foundation
import Testing

@Suite struct HuggingFaceRefusalTests {
  private func refusal(_ fixture: String, _ members: [String: Any?]) throws -> String {
    let folder = try ModelFolder(copying: fixture)
    try folder.change(members)
    return folder.refusal()
  }

  @Test func `an unknown architecture is refused with those that are supported`() throws {
    let text = try refusal("llama", ["model_type": "mamba"])
    #expect(text.contains("its architecture is \"mamba\""))
    #expect(text.contains("supported architecture: llama, mistral, qwen2, qwen3, gemma, gemma2"))
    #expect(try refusal("llama", ["model_type": nil]).contains("no key \"model_type\""))
  }

  @Test func `quantised weights are refused, and null is none`() throws {
    #expect(
      try refusal("llama", ["quantization_config": ["bits": 4]]).contains("weights are quantised"))
    let folder = try ModelFolder(copying: "llama")
    try folder.change(["quantization_config": NSNull(), "text_config": NSNull()])
    #expect(throws: Never.self) { try HuggingFaceFolder(path: folder.path) }
    #expect(
      try refusal("qwen2", ["num_key_value_heads": NSNull()]).contains("num_key_value_heads"))
  }

  @Test(arguments: [
    "num_hidden_layers", "hidden_size", "num_attention_heads", "intermediate_size",
    "max_position_embeddings", "rms_norm_eps",
  ])
  func `a missing or wrong field is an error that names file and key`(key: String) throws {
    let missing = try refusal("llama", [key: nil])
    #expect(missing.contains("config.json has no key \"\(key)\""))
    #expect(try refusal("llama", [key: "many"]).contains("\"\(key)\" should be a"))
    #expect(try refusal("llama", [key: -1]).contains("\"\(key)\" is not usable: -1"))
  }

  @Test func `fields that contradict each other or the tensors are errors`() throws {
    #expect(
      try refusal("qwen2", ["num_attention_heads": 3, "num_key_value_heads": 3])
        .contains("3 heads do not divide the model's width 16"))
    #expect(try refusal("qwen2", ["num_key_value_heads": 3]).contains("3 does not divide the 4"))
    #expect(try refusal("qwen2", ["vocab_size": 14]).contains("14 differs from the 13 rows"))
    #expect(try refusal("qwen2", ["num_key_value_heads": nil]).contains("num_key_value_heads"))
    #expect(
      try refusal("qwen2", ["layer_types": ["full_attention"]]).contains("\"layer_types\" is not"))
    #expect(try refusal("qwen2", ["hidden_act": "relu"]).contains("function is \"relu\""))
    #expect(
      try refusal("qwen2", ["rope_parameters": ["rope_type": "axial"]])
        .contains("of type \"axial\""))
    #expect(
      try refusal("phi3", ["rope_parameters": ["rope_type": "longrope", "short_factor": [1.0]]])
        .contains("\"rope_parameters.short_factor\" is not usable: it is not 2 positive"))
  }

  @Test func `missing and additional tensors are named`() throws {
    let lacking = try ModelFolder(copying: "qwen2")
    try lacking.replace("lm_head.weight", by: "lm_hood.weight", in: "model.safetensors")
    #expect(lacking.refusal().contains("has no tensor \"lm_head.weight\""))
    try lacking.change(["tie_word_embeddings": true])
    #expect(lacking.refusal().contains("tensor \"lm_hood.weight\" is no part of a qwen2 model"))
    // The biases are in the file, but config.json does not announce them.
    #expect(
      try refusal("llama", ["attention_bias": false]).contains("_proj.bias\" is no part of"))
    let wrong = try ModelFolder(copying: "qwen2")
    try wrong.change(["intermediate_size": 32])
    let model = try HuggingFaceFolder(path: wrong.path)
    let text = message { () throws(CheckpointError) in try model.weight(.block(0, .up)) }
    #expect(text.contains("up_proj.weight\" has shape [24, 16] where the configuration needs [32"))
  }

  @Test func `a stored unembedding is used whatever config.json says`() throws {
    let folder = try ModelFolder(copying: "qwen2")
    try folder.change(["tie_word_embeddings": true])
    try #expect(!HuggingFaceFolder(path: folder.path).config.tiedUnembedding)
  }

  @Test func `JSON that is none is refused`() throws {
    let folder = try ModelFolder(copying: "llama")
    for text in ["", "[]", "{\"a\":", "{\"a\": \"\u{1}\"}"] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/config.json"))
      let refusal = folder.refusal()
      #expect(refusal.contains("config.json"))
    }
    try FileManager.default.removeItem(atPath: folder.path + "/config.json")
    #expect(folder.refusal().contains("there is no such file"))
  }
}
