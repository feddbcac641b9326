import TestSupport
import Testing

@Suite("A model that cannot be used is refused in one sentence")
struct ModelErrorTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.write("Hi, the\n", to: "prompts.txt")
  }

  /// Expects that a file with these bytes is refused as a model.
  private func expectRefusal(of bytes: [UInt8], _ sentence: String) throws {
    try workplace.write(bytes, to: "bad.gguf")
    try workplace.expectDumpRefusal(model: "bad.gguf", sentence)
  }

  @Test("A file that is not there, when no model has a name")
  func missing() throws {
    try workplace.expectDumpRefusal(
      model: "missing.gguf",
      "there is no file, folder or model called \"missing.gguf\"; \(workplace.cache)/models holds "
        + "no models, so give a path, or fetch the default model with `make model`")
  }

  @Test("An unknown name, with the names that are known", arguments: ["nope", "", "a/b/c"])
  func unknownName(name: String) throws {
    try workplace.write(ChatModel.bytes(), to: "../cache/models/Tiny-One.gguf")
    try workplace.write(ChatModel.bytes(), to: "../cache/models/Tiny-Two.gguf")
    try workplace.expectDumpRefusal(
      model: name,
      "there is no file, folder or model called \"\(name)\"; give a path, or one of the models in "
        + "\(workplace.cache)/models: Tiny-One, Tiny-Two")
  }

  @Test("A short name that fits two models")
  func ambiguousName() throws {
    try workplace.write(ChatModel.bytes(), to: "../cache/models/Tiny-One.gguf")
    try workplace.write(ChatModel.bytes(), to: "../cache/models/Tiny-Two.gguf")
    try workplace.expectDumpRefusal(
      model: "tiny-", "tiny- fits several models; write one of Tiny-One, Tiny-Two in full")
  }

  @Test("Folders with no model, with two, and with a Hugging Face model")
  func folders() throws {
    for name in ["none", "two", "hf"] { try workplace.makeFolder(name) }
    try workplace.write(ChatModel.bytes(), to: "two/a.gguf")
    try workplace.write(ChatModel.bytes(), to: "two/b.gguf")
    try workplace.write("{}", to: "hf/config.json")
    try workplace.expectDumpRefusal(
      model: "none",
      "none holds neither config.json nor a .gguf file; give the path of a model")
    try workplace.expectDumpRefusal(
      model: "two", "two holds several GGUF files; give the path of one of a.gguf, b.gguf")
    try workplace.expectDumpRefusal(
      model: "hf",
      "hf/config.json has no key \"model_type\" (expected a string); download the model again")
  }

  @Test("A repository that was never downloaded, with the command that fetches it")
  func repository() throws {
    try workplace.expectDumpRefusal(
      model: "org/name",
      "org/name is neither a path nor in Hugging Face's cache "
        + "\(workplace.cache)/.cache/huggingface/hub; fetch it with `hf download org/name`, "
        + "or give the folder it lies in")
  }

  @Test("A folder with one model is that model")
  func folderOfOne() throws {
    try workplace.makeFolder("one")
    try workplace.write(ChatModel.bytes(), to: "one/a.gguf")
    try workplace.dump(model: "one").expectSuccess()
  }

  @Test("Files that are empty, cut short, or something else")
  func notGGUF() throws {
    try expectRefusal(
      of: [], "cannot read bad.gguf: the file is empty; download it again")
    try expectRefusal(
      of: Array("hello, world".utf8),
      "bad.gguf cannot be used: it is not a GGUF file (it does not start with GGUF); "
        + "give a .gguf file, and check that it was downloaded in full")
    try expectRefusal(
      of: Array(ChatModel.bytes().prefix(5000)),
      "bad.gguf is damaged at tensor \"token_embd.weight\": 8 more bytes are needed but the file "
        + "has only 3 left; download or convert the file again")
    try expectRefusal(
      of: ChatModel.bytes().dropLast(3000).map { $0 },
      "bad.gguf is damaged at tensor \"blk.1.attn_v.weight\": its 512 bytes at offset 14208 reach "
        + "beyond the 14664 bytes of tensor data in the file; download or convert the file again")
  }

  @Test("A tensor that lies outside of the file")
  func offset() throws {
    try expectRefusal(
      of: ChatModel.settingTensor("blk.0.attn_q.weight", offset: 1 << 40),
      "bad.gguf is damaged at tensor \"blk.0.attn_q.weight\": its 512 bytes at offset "
        + "1099511627776 reach beyond the 17664 bytes of tensor data in the file; "
        + "download or convert the file again")
  }

  @Test("A tensor type that cannot be unpacked", arguments: [(16, "IQ2_XXS"), (999, "type 999")])
  func tensorType(type: UInt32, name: String) throws {
    try expectRefusal(
      of: ChatModel.settingTensor("blk.0.attn_q.weight", type: type),
      "bad.gguf: tensor \"blk.0.attn_q.weight\" is stored as \(name), which cannot be unpacked; "
        + "use a file quantised to one of F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, "
        + "Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS")
  }

  @Test("Another architecture, tokenizer or pre-tokenizer, and a missing hyperparameter")
  func metadata() throws {
    let key = "general.architecture\u{8}\0\0\0\u{5}\0\0\0\0\0\0\0"
    try expectRefusal(
      of: ChatModel.replacing(key + "llama", with: key + "phiii"),
      "bad.gguf cannot be used: its architecture is \"phiii\"; "
        + "use a model of a supported architecture: llama, qwen2, qwen3, gemma, gemma2, gemma3, "
        + "phi3, internlm2, gptneox, gpt2")
    try expectRefusal(
      of: ChatModel.replacing("gpt2", with: "bert"),
      "bad.gguf has a tokenizer of kind \"bert\", which this version cannot run; "
        + "use a model whose tokenizer.ggml.model is gpt2 (byte-level BPE) or llama (SentencePiece)"
    )
    try expectRefusal(
      of: ChatModel.replacing("smollm", with: "smollx"),
      "bad.gguf names the pre-tokenizer 'smollx', which is not supported: "
        + "use a model with one of gpt-2, smollm, llama-bpe, qwen2, tekken, gpt-4o, default, "
        + "or say with --pre-tokenizer which of them is the same rule.")
    try expectRefusal(
      of: ChatModel.replacing("llama.context_length", with: "llama.context_width_"),
      "bad.gguf has no key \"llama.context_length\" (expected a positive integer); "
        + "convert the model again with a current converter")
  }

  @Test("A model without a chat template runs with --raw only")
  func noTemplate() throws {
    let bytes = try ChatModel.replacing("tokenizer.chat_template", with: "tokenizer.chat_tomplate")
    try expectRefusal(
      of: bytes,
      "bad.gguf carries no chat template; use a model that does, or a command that has --raw, which "
        + "runs prompts as they are")
    try workplace.dump(["--raw"], model: "bad.gguf").expectSuccess()
  }

  @Test("A chat template that is not well formed")
  func template() throws {
    try expectRefusal(
      of: ChatModel.replacing("{% endfor %}", with: "{% endfox %}"),
      "Chat template of bad.gguf, line 3: 'endfox' is not a statement that can stand here; "
        + "correct the template's source.")
  }

  @Test("Weights that make an activation NaN: the hook point, the prompt and the token are named")
  func notFinite() throws {
    try workplace.write(ChatModel.withNaNInFinalNorm(), to: "nan.gguf")
    try workplace.expectDumpRefusal(
      with: ["--hooks", "ln_final"], model: "nan.gguf",
      "ln_final is NaN or infinite for prompt 1 at token 22 (\"\\\\n\"); "
        + "try --precision f32, or verify the model file")
  }
}
