import ActivationStore
import Foundation
import Testing

@Suite struct WriterTests {
  let scratch: Scratch
  let path: String
  let sample = Sample(layout: Sample.named)

  init() throws {
    scratch = try Scratch()
    path = scratch.path("run.h5")
  }

  @Test("A writer that goes away early leaves nothing behind")
  func dropped() throws {
    do {
      let writer = try sample.makeWriter(path)
      try sample.fill(writer)
      #expect(scratch.names == ["run.h5.partial"])
    }
    #expect(scratch.names == [])
  }

  @Test("A writer whose layout fails leaves nothing behind")
  func failedLayout() throws {
    var sample = sample
    sample.contents.prompts[3].label = "a\0b"
    #expect(throws: StoreError.zeroByteInText(path: path, place: "/prompts/label[3]")) {
      try sample.makeWriter(path)
    }
    #expect(scratch.names == [])
  }

  @Test("Finishing leaves only the final name, and the writer takes nothing more")
  func finished() throws {
    let writer = try sample.makeWriter(path)
    try sample.fill(writer)
    try writer.finish()
    #expect(scratch.names == ["run.h5"])
    #expect(throws: StoreError.alreadyFinished(path: path)) { try sample.fill(writer) }
    #expect(throws: StoreError.alreadyFinished(path: path)) { try writer.finish() }
    writer.discard()
    #expect(scratch.names == ["run.h5"])
  }

  @Test("A file with a hole cannot be finished")
  func hole() throws {
    let writer = try sample.makeWriter(path)
    let hook = Sample.hooks[0]
    try writer.write(sample.rows(hook, layer: nil, prompts: 0..<4), hook, nil, 0..<4)
    let error = #expect(throws: StoreError.self) { try writer.finish() }
    #expect(error?.description.hasPrefix("embed, prompt 4 was never written") == true)
  }

  @Test("An existing file is replaced only when asked to, and only by a complete one")
  func overwriting() throws {
    try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: StoreError.outputExists(path: path)) {
      try sample.makeWriter(path)
    }
    #expect(error?.description.contains("--force") == true)
    do {
      let writer = try sample.makeWriter(path, overwrite: true)
      try sample.fill(writer)
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    try sample.writeFile(path, overwrite: true)
    #expect(try ActivationReader(path: path).contents == sample.contents)
    #expect(scratch.names == ["run.h5"])
  }

  @Test("A folder as the output, a missing folder and a file as the folder are refused")
  func badOutputs() throws {
    let folder = scratch.folder
    #expect(throws: StoreError.outputIsFolder(path: folder)) { try sample.makeWriter(folder) }
    let missing = scratch.path("no/run.h5")
    #expect(throws: StoreError.folderMissing(path: missing, folder: scratch.path("no"))) {
      try sample.makeWriter(missing)
    }
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(throws: StoreError.folderMissing(path: path + "/a.h5", folder: path)) {
      try sample.makeWriter(path + "/a.h5")
    }
  }

  @Test("What a crashed run left is replaced, what a living one writes is not")
  func partials() throws {
    try Data("stale".utf8).write(to: URL(fileURLWithPath: path + ".partial"))
    let first = try sample.makeWriter(path)
    #expect(throws: StoreError.outputBusy(path: path, partial: path + ".partial")) {
      try sample.makeWriter(path)
    }
    try sample.fill(first)
    try first.finish()
    #expect(try ActivationReader(path: path).header == sample.header)
  }

  @Test("Discarding frees the name for the next writer")
  func discarding() throws {
    let first = try sample.makeWriter(path)
    first.discard()
    #expect(scratch.names == [])
    try sample.writeFile(path)
    first.discard()
    #expect(scratch.names == ["run.h5"])
  }

  @Test("NaN and infinities are refused with hook point, layer, prompt and position")
  func notFinite() throws {
    let writer = try sample.makeWriter(path)
    var values = sample.rows(Sample.hooks[2], layer: 5, prompts: 2..<6)
    values[(3 * 2 + 1) * 8 + 4] = -.infinity
    let error = #expect(throws: StoreError.self) {
      try writer.write(values, Sample.hooks[2], 5, 2..<6)
    }
    #expect(
      error?.description.hasPrefix("resid_post, layer 5, prompt 5, query_end is -inf") == true)
  }

  @Test("Where every token is stored, NaN is refused with the token's index")
  func notFiniteToken() throws {
    let writer = try Sample(layout: .token).makeWriter(path)
    // Prompts 2, 3 and 4 have 3, 4 and 5 tokens.
    var values = [Float](repeating: 1, count: 12 * 8)
    values[(3 + 2) * 8] = .nan
    let error = #expect(throws: StoreError.self) {
      try writer.write(values, Sample.hooks[0], nil, 2..<5)
    }
    #expect(error?.description.hasPrefix("embed, prompt 3, token 2 is nan") == true)
  }

  @Test("A float16 file refuses values that would become infinite")
  func overflow() throws {
    let writer = try Sample(layout: Sample.named, dtype: .f16).makeWriter(path)
    var values = sample.rows(Sample.hooks[0], layer: nil, prompts: 0..<7)
    values[2 * 8] = -70000
    let error = #expect(throws: StoreError.self) {
      try writer.write(values, Sample.hooks[0], nil, 0..<7)
    }
    let description = error?.description ?? ""
    #expect(description.hasPrefix("embed, prompt 1, user_end is -70000.0, beyond the 65504"))
  }

  @Test("Rows for a wrong hook point, layer, prompt or count are refused")
  func wrongRows() throws {
    let writer = try sample.makeWriter(path)
    let row = [Float](repeating: 0, count: 16)
    let other = StoredHook(name: "mlp_out", perLayer: true, width: .dModel)
    let stored = ["embed", "logits", "resid_post"]
    #expect(throws: StoreError.unknownHook(path: path, hook: "mlp_out", stored: stored)) {
      try writer.write(row, other, 0, 0..<1)
    }
    let hook = Sample.hooks[2]
    for layer in [nil, 1, 6, -1] {
      #expect(
        throws: StoreError.unknownLayer(
          path: path, hook: "resid_post", layer: layer, stored: [0, 2, 5])
      ) { try writer.write(row, hook, layer, 0..<1) }
    }
    #expect(throws: StoreError.promptsOutOfRange(path: path, prompts: 7..<8, count: 7)) {
      try writer.write(row, hook, 0, 7..<8)
    }
    #expect(
      throws: StoreError.wrongCount(
        path: path, place: "/activations/resid_post", expected: 32, got: 16)
    ) { try writer.write(row, hook, 0, 0..<2) }
  }

  @Test("Contents that contradict themselves are refused before any file exists")
  func contradictions() throws {
    let changes: [(inout StoreContents) -> Void] = [
      { $0.prompts = [] }, { $0.hooks = [] }, { $0.layers = [] }, { $0.layers = [2, 0] },
      { $0.layers = [6] }, { $0.layers = [0, 0] }, { $0.layout = .prompt(positions: []) },
      { $0.layout = .prompt(positions: ["a", "a"]) }, { $0.layout = .token },
      { $0.prompts[1].positionTokens = [0, 2] }, { $0.hooks += [$0.hooks[0]] },
      { $0.hooks = [StoredHook(name: "a/b", perLayer: true, width: .dModel)] },
    ]
    for change in changes {
      var broken = sample
      change(&broken.contents)
      let error = #expect(throws: StoreError.self) { try broken.makeWriter(path) }
      #expect(error?.description.hasPrefix("cannot lay out \(path)") == true)
    }
    #expect(scratch.names == [])
  }
}
