import Checkpoints
import Foundation
import Testing

@Suite struct TextPartTests {
  private func expectSameModel(_ path: String, as fixture: String) throws {
    let model = try HuggingFaceFolder(path: path)
    let whole = try HuggingFaceFolder(path: Fixture.path("architectures/\(fixture)"))
    #expect(model.config == whole.config)
    for role in whole.config.roles {
      try #expect(unpacked(model.weight(role)) == unpacked(whole.weight(role)), "\(role)")
    }
  }

  /// Makes config.json that of a model of which the folder's was the text part.
  private func nestText(in folder: ModelFolder, _ outer: [String: Any] = [:]) throws {
    let url = URL(fileURLWithPath: folder.path + "/config.json")
    let text = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    let whole = outer.merging(
      ["model_type": "several_senses", "text_config": text, "vision_config": ["depth": 2]]
    ) { $1 }
    try JSONSerialization.data(withJSONObject: whole).write(to: url)
  }

  @Test(arguments: ["language_model.model.", "model.language_model."])
  func `of a checkpoint of several senses the text part is read`(prefix: String) throws {
    let folder = try ModelFolder(copying: "qwen2")
    try nestText(in: folder)
    try folder.renameTensors { name in
      if name.hasPrefix("model.") { return prefix + name.dropFirst("model.".count) }
      return prefix.hasPrefix("language") ? "language_model." + name : name
    }
    try expectSameModel(folder.path, as: "qwen2")
    #expect(try HuggingFaceFolder(path: folder.path).leftOut.isEmpty)
  }

  @Test func `tensors for other senses are left out and counted, unknown ones refused`() throws {
    let folder = try ModelFolder(copying: "llama")
    try nestText(in: folder)
    let file = try SafetensorsFile(path: folder.path + "/model.safetensors")
    var writer = SafetensorsWriter(metadata: [:])
    for name in file.tensorNames {
      let tensor = try file.tensor(named: name)
      try writer.addTensor("language_model.\(name)", shape: tensor.shape, tensor.unpacked())
    }
    for name in [
      "vision_tower.a.weight", "model.vision_tower.b", "multi_modal_projector.c", "audio_tower.d",
    ] {
      writer.addTensor(name, shape: [1], [1])
    }
    let url = URL(fileURLWithPath: folder.path + "/model.safetensors")
    try Data(writer.bytes).write(to: url)
    try expectSameModel(folder.path, as: "llama")
    #expect(
      try HuggingFaceFolder(path: folder.path).leftOut
        == ["audio (1 tensor)", "vision (3 tensors)"])
    writer.addTensor("smell_tower.weight", shape: [1], [1])
    try Data(writer.bytes).write(to: url)
    #expect(folder.refusal().contains("\"smell_tower.weight\" is no part of a llama model"))
  }

  @Test func `a GGUF file may hold a vision tower beside the text model`() throws {
    let model = RandomModel(.q80)
    var builder = model.builder()
    builder.addTensor("v.blk.0.attn_q.weight", ne: [4, 4], filledWith: 1)
    builder.addTensor("mm.0.weight", ne: [4], filledWith: 1)
    let both = try GGUFCheckpoint(openGGUF(builder.build()))
    let text = try model.checkpoint()
    #expect(both.config == text.config)
    #expect(both.leftOut == ["vision (2 tensors)"] && text.leftOut.isEmpty)
  }

  @Test func `what Gemma's text part leaves out are transformers' values`() throws {
    let folder = try ModelFolder(copying: "gemma3")
    try folder.change([
      "num_attention_heads": nil, "num_key_value_heads": nil, "head_dim": nil,
      "max_position_embeddings": nil, "rms_norm_eps": nil,
    ])
    try nestText(in: folder)
    let config = try HuggingFaceFolder(path: folder.path).config
    #expect(config.nHeads == 8 && config.nKVHeads == 4 && config.dHead == 256)
    #expect(config.nCtx == 131_072 && config.norm.epsilon == 1e-6)
  }

  @Test func `tied embeddings may be stored under either name`() throws {
    let folder = try ModelFolder(copying: "gemma")
    let own = try ModelFolder(copying: "qwen2")
    try folder.renameTensors { $0 == "model.embed_tokens.weight" ? "lm_head.weight" : $0 }
    try expectSameModel(folder.path, as: "gemma")
    // The flag may stand beside the text part's, too.
    try folder.change(["tie_word_embeddings": false])
    #expect(folder.refusal().contains("an unembedding but no token embedding"))
    try nestText(in: folder, ["tie_word_embeddings": true])
    try expectSameModel(folder.path, as: "gemma")
    try own.renameTensors { $0 == "model.embed_tokens.weight" ? nil : $0 }
    #expect(own.refusal().contains("an unembedding but no token embedding"))
  }
}
