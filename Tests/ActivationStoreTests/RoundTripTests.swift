import ActivationStore
import Foundation
import Testing

@Suite struct RoundTripTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test(
    "Every slice that is read back equals what was written",
    arguments: [Sample.named, .token], StoredType.allCases)
  func slices(layout: StoreLayout, dtype: StoredType) throws {
    let sample = Sample(layout: layout, dtype: dtype)
    try sample.writeFile(scratch.path("run.h5"))
    let reader = try ActivationReader(path: scratch.path("run.h5"))
    for hook in sample.contents.hooks {
      for layer in hook.perLayer ? sample.contents.layers.map(Optional.some) : [nil] {
        for first in 0..<7 {
          for end in first...7 {
            let rows = try reader.rows(hook: hook.name, layer: layer, prompts: first..<end)
            #expect(rows.values == sample.rows(hook, layer: layer, prompts: first..<end))
          }
        }
      }
    }
  }

  @Test("A position gives one vector per prompt")
  func position() throws {
    let sample = Sample(layout: Sample.named)
    try sample.writeFile(scratch.path("run.h5"))
    let reader = try ActivationReader(path: scratch.path("run.h5"))
    let matrix = try reader.matrix(hook: "resid_post", layer: 2, position: "query_end")
    #expect(matrix.rows == 7)
    #expect(matrix.columns == 8)
    for prompt in 0..<7 {
      let expected = sample.vector(Sample.hooks[2], layer: 2, prompt: prompt, place: 1)
      #expect(Array(matrix[row: prompt]) == expected)
    }
  }

  @Test("A prompt gives its vectors of all layers")
  func prompt() throws {
    let sample = Sample(layout: Sample.named)
    try sample.writeFile(scratch.path("run.h5"))
    let reader = try ActivationReader(path: scratch.path("run.h5"))
    let expected = [0, 2, 5].flatMap {
      sample.rows(Sample.hooks[2], layer: $0, prompts: 4..<5)
    }
    #expect(try reader.prompt(4, hook: "resid_post").values == expected)
    #expect(try reader.shape(of: "resid_post") == [7, 3, 2, 8])
    #expect(try reader.shape(of: "logits") == [7, 2, 11])
  }

  @Test(
    "Header, prompts, tokens, positions and layers come back as they were",
    arguments: [Sample.named, .token])
  func description(layout: StoreLayout) throws {
    var sample = Sample(layout: layout, dtype: .f16)
    sample.header.chatTemplateSHA256 = layout == .token ? nil : "cd34"
    try sample.writeFile(scratch.path("run.h5"))
    let reader = try ActivationReader(path: scratch.path("run.h5"))
    #expect(reader.header == sample.header)
    #expect(reader.contents == sample.contents)
  }

  @Test("Half precision rounds each value to the nearest float16")
  func rounding() throws {
    var sample = Sample(layout: Sample.named, dtype: .f16, promptCount: 1)
    sample.contents.hooks = [Sample.hooks[0]]
    let writer = try sample.makeWriter(scratch.path("run.h5"))
    let values: [Float] = [0.1, -1e-7, 65504, 3.14159265, 1e-9, -65504, 2049, 6.1e-5]
    try writer.write(values + values, Sample.hooks[0], nil, 0..<1)
    try writer.finish()
    let reader = try ActivationReader(path: scratch.path("run.h5"))
    let rows = try reader.rows(hook: "embed", layer: nil, prompts: 0..<1)
    let nearest: [Float] = [
      0.0999755859375, -1.1920928955078125e-07, 65504, 3.140625, 0, -65504, 2048,
      6.097555160522461e-05,
    ]
    #expect(rows.values == nearest + nearest)
  }

  @Test("Two equal runs write equal bytes")
  func deterministic() throws {
    let sample = Sample(layout: Sample.named)
    try sample.writeFile(scratch.path("a.h5"))
    try sample.writeFile(scratch.path("b.h5"))
    let first = try Data(contentsOf: URL(fileURLWithPath: scratch.path("a.h5")))
    let second = try Data(contentsOf: URL(fileURLWithPath: scratch.path("b.h5")))
    #expect(first == second)
  }

  @Test("Several threads may write different files and read one at the same time")
  func threads() async throws {
    let folder = scratch.folder
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<8 {
        group.addTask {
          let sample = Sample(layout: index % 2 == 0 ? Sample.named : .token)
          try sample.writeFile("\(folder)/run\(index).h5")
          let reader = try ActivationReader(path: "\(folder)/run\(index).h5")
          let rows = try reader.rows(hook: "resid_post", layer: 5, prompts: 0..<7)
          #expect(rows.values == sample.rows(Sample.hooks[2], layer: 5, prompts: 0..<7))
        }
      }
      try await group.waitForAll()
    }
  }
}
