import ActivationStore
import Foundation
import Testing

@Suite("Vectors and the classifier, from the command line")
struct VectorsTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try writeStates("states.h5")
  }

  @Test("Vectors of a file go to a results file, and a table says how they separate")
  func fromFile() throws {
    let output = try workplace.run(["vectors", "states.h5", "-o", "vectors.h5"])
    output.expectSuccess()
    #expect(
      output.stdout == """
        layer    norm  cos unsafe  cos safe  ROC-AUC  probe transition  probe query-end
            0  2.0000      1.0000   -1.0000   1.0000            1.0000           1.0000

        """)
    #expect(
      output.stderr == "vectors.h5: 1 vector of 16 numbers, from 3 unsafe and 2 safe prompts\n")
    let group = try ResultFile.read("vectors", from: workplace.path("vectors.h5"))
    let refusal = try #require(group.datasets.first { $0.name == "refusal" })
    #expect(refusal.values == .floats([1] + Array(repeating: 0, count: 15)))
    #expect(group.attributes["source"] == .text("states.h5"))
    #expect(group.attributes["seed"] == nil)
  }

  @Test("Raw vectors, principal components, drawn anchors, and JSON")
  func options() throws {
    try workplace.run(["vectors", "states.h5", "-o", "raw.h5", "--norm", "raw"]).expectSuccess()
    let raw = try ResultFile.read("vectors", from: workplace.path("raw.h5"))
    #expect(raw.datasets.first?.values == .floats([2] + Array(repeating: 0, count: 15)))
    let output = try workplace.run([
      "vectors", "states.h5", "-o", "pca.h5", "--kind", "principal-component", "--anchors", "2",
      "--seed", "3", "--json",
    ])
    output.expectSuccess()
    let rows = try JSONDecoder().decode([Row].self, from: Data(output.stdout.utf8))
    #expect(rows.count == 1 && rows[0].layer == 0 && rows[0].separation?.rocAUC == 1)
    let group = try ResultFile.read("vectors", from: workplace.path("pca.h5"))
    #expect(group.attributes["kind"] == .text("principal-component"))
    #expect(group.attributes["seed"] == .integer(3) && group.attributes["n_safe"] == .integer(2))
  }

  @Test("The output may be the states' own file; a second time needs --force")
  func intoStates() throws {
    let arguments = ["vectors", "states.h5", "-o", "states.h5"]
    try workplace.run(arguments).expectSuccess()
    #expect(try ActivationReader(path: workplace.path("states.h5")).contents.prompts.count == 6)
    try workplace.expectRefusal(
      of: arguments,
      "states.h5 has a group vectors already; choose another output or replace it with --force")
    try workplace.run(arguments + ["--force"]).expectSuccess()
    try workplace.run(["classify", "states.h5", "--vectors", "states.h5", "-o", "states.h5"])
      .expectSuccess()
    #expect(try ResultFile.contains("classifier", in: workplace.path("states.h5")))
    #expect(try ResultFile.contains("vectors", in: workplace.path("states.h5")))
  }

  @Test("States in a folder that cannot be written to")
  func readOnly() throws {
    try workplace.makeFolder("kept")
    try writeStates("kept/states.h5")
    let folder = workplace.path("kept")
    let manager = FileManager.default
    try manager.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder)
    defer { try? manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder) }
    try workplace.run(["vectors", "kept/states.h5", "-o", "vectors.h5"]).expectSuccess()
    try workplace.run(["classify", "kept/states.h5", "--vectors", "vectors.h5"]).expectSuccess()
  }

  @Test("Classify prints cosines and figures, and writes scores")
  func classify() throws {
    try workplace.run(["vectors", "states.h5", "-o", "vectors.h5"]).expectSuccess()
    let output = try workplace.run([
      "classify", "states.h5", "--vectors", "vectors.h5", "--threshold", "anchors", "--csv",
      "scores.csv", "-o", "result.h5", "--resamples", "50",
    ])
    output.expectSuccess()
    #expect(output.stderr == "")
    #expect(
      output.stdout == """
        6 prompts: 3 unsafe, 3 safe, by the cosines of layers 0, threshold 0.0000 from the anchors (balanced accuracy 1.0000 there)

        mean cosine of transitions with d_harm
        layer  no label (1)  safe (2)  unsafe (3)
            0       -1.0000   -1.0000      1.0000

        agreement with 2 safe (positive) and 3 unsafe labels; in sample: the vectors were made from these prompts
        figure              value  95% interval
        precision          1.0000  1.0000 to 1.0000
        recall             1.0000  1.0000 to 1.0000
        f1                 1.0000  1.0000 to 1.0000
        auprc_trapezoid    1.0000  1.0000 to 1.0000
        average_precision  1.0000  1.0000 to 1.0000
        roc_auc            1.0000  1.0000 to 1.0000

        """)
    #expect(
      String(decoding: try workplace.bytes("scores.csv"), as: UTF8.self) == """
        id,label,score,decision
        p0,unsafe,1.0,unsafe
        p1,safe,-1.0,safe
        p2,unsafe,1.0,unsafe
        p3,safe,-1.0,safe
        p4,unsafe,1.0,unsafe
        p5,,-1.0,safe

        """)
    let group = try ResultFile.read("classifier", from: workplace.path("result.h5"))
    #expect(group.attributes["roc_auc"] == .number(1))
    #expect(group.attributes["vectors"] == .text("vectors.h5"))
  }

  @Test("Figures leave the vectors' anchors out, by what they say")
  func anchors() throws {
    try workplace.run(["vectors", "states.h5", "--anchors", "1", "-o", "one.h5"]).expectSuccess()
    let classify = [
      "classify", "states.h5", "--vectors", "one.h5", "--threshold", "0", "--resamples", "10",
    ]
    let output = try workplace.run(classify + ["-o", "result.h5"])
    output.expectSuccess()
    #expect(
      output.stdout.contains(
        "\nagreement with 1 safe (positive) and 2 unsafe labels; 2 anchors of the vectors left out\n"
      ))
    let group = try ResultFile.read("classifier", from: workplace.path("result.h5"))
    #expect(group.attributes["sample"] == .text("held-out"))
    let flags = group.datasets.first { $0.name == "is_anchor" }?.values
    guard case .truths(let anchors) = flags else { throw CocoaError(.fileReadCorruptFile) }
    #expect(anchors.count { $0 } == 2 && !anchors[5])
    // Vectors that do not say what they were made from.
    var vectors = try ResultFile.read("vectors", from: workplace.path("one.h5"))
    vectors.datasets.removeAll { $0.name == "anchor_text_sha256" }
    try ResultFile.write(
      [vectors], to: workplace.path("one.h5"),
      provenance: Provenance(toolVersion: "1", commandLine: "", created: .now), overwrite: true)
    #expect(try workplace.run(classify).stdout.contains("unsafe labels; perhaps in sample: "))
  }

  @Test("Other weights need --allow-other-model")
  func otherModel() throws {
    try writeStates("other.h5", sha256: "ff")
    try workplace.run(["vectors", "states.h5", "-o", "vectors.h5"]).expectSuccess()
    let arguments = ["classify", "other.h5", "--vectors", "vectors.h5"]
    try workplace.expectRefusal(
      of: arguments,
      "vectors.h5 was made with other weights (tiny, SHA-256 ab) than these (tiny, SHA-256 ff); "
        + "make vectors with this model, or pass --allow-other-model")
    try workplace.run(arguments + ["--allow-other-model"]).expectSuccess()
  }

  @Test("A file without vectors, layers that it lacks, and states without a response")
  func unusable() throws {
    try workplace.expectRefusal(
      of: ["classify", "states.h5", "--vectors", "states.h5"],
      "states.h5 has no group vectors; it has no results of an analysis")
    try workplace.run(["vectors", "states.h5", "-o", "vectors.h5"]).expectSuccess()
    try workplace.expectRefusal(
      of: ["classify", "states.h5", "--vectors", "vectors.h5", "--layers", "0-2"],
      "vectors.h5 has no vector at layer 1; it has 0")
    try workplace.expectRefusal(
      of: ["vectors", "states.h5", "-o", "v.h5", "--anchors", "3"],
      "states.h5 has 2 prompts labelled 'safe', and 3 anchors were asked for; lower --anchors or "
        + "add prompts")
  }

  @Test("Options that contradict each other or are no numbers")
  func usage() throws {
    let cases: [([String], String)] = [
      (["vectors", "-o", "v.h5"], "Give a file of states, or --model and --prompts."),
      (
        ["vectors", "states.h5", "--model", "tiny.gguf", "-o", "v.h5"],
        "Give a file of states or --model, not both."
      ),
      (
        ["vectors", "states.h5", "--prompts", "a.csv", "-o", "v.h5"],
        "--prompts and --adapter go with --model, not with a file of states."
      ),
      (["vectors", "--model", "tiny.gguf", "-o", "v.h5"], "--model needs --prompts."),
      (
        ["vectors", "states.h5", "-o", "v.h5", "--anchors", "0"],
        "--anchors is 0; give a count of 1 or more."
      ),
      (
        ["vectors", "states.h5", "-o", "v.h5", "--safe-label", "unsafe"],
        "--unsafe-label and --safe-label are both 'unsafe'; name two labels."
      ),
      (
        ["classify", "states.h5", "--vectors", "v.h5", "--threshold", "nan"],
        "The value 'nan' is invalid for '--threshold <T>'"
      ),
      (
        ["classify", "states.h5", "--vectors", "v.h5", "--threshold", "high"],
        "The value 'high' is invalid for '--threshold <T>'"
      ),
      (
        ["classify", "states.h5", "--vectors", "v.h5", "--resamples", "0"],
        "--resamples is 0; give a count from 1 to 1000000."
      ),
    ]
    for (arguments, sentence) in cases {
      let output = try workplace.run(arguments)
      #expect(output.status == 64 && output.stdout == "")
      #expect(output.stderr.hasPrefix("Error: \(sentence)"), "\(output.stderr)")
      #expect(try workplace.names == ["states.h5", "tiny.gguf"])
    }
  }

  private struct Row: Decodable {
    struct Separation: Decodable {
      let rocAUC: Double
    }

    let layer: Int
    let norm: Double
    let separation: Separation?
  }

  /// Six prompts, the last without label; unsafe ones have 1 in the first place, others -1, and
  /// nothing at the end of the response.
  private func writeStates(_ name: String, sha256: String = "ab") throws {
    let labels = ["unsafe", "safe", "unsafe", "safe", "unsafe", ""]
    let header = StoreHeader(
      toolVersion: "1", commandLine: "test", created: Date(timeIntervalSince1970: 0),
      model: StoredModel(
        name: "tiny", path: "tiny.gguf", sha256: sha256, architecture: "llama", nLayers: 4,
        dModel: 16, dVocab: 11),
      chatTemplateSHA256: nil, precision: "f32", dtype: .f32, seed: 0, threads: 1)
    let contents = StoreContents(
      prompts: labels.enumerated().map { index, label in
        StoredPrompt(
          id: "p\(index)", label: label, text: "text \(index)", tokens: [1, 2],
          positionTokens: [0, 1])
      },
      hooks: [StoredHook(name: "resid_post", perLayer: true, width: .dModel)], layers: [0],
      layout: .prompt(positions: ["query-end", "last"]))
    let writer = try ActivationWriter(
      path: workplace.path(name), header: header, contents: contents, overwrite: false)
    let zeros = [Float](repeating: 0, count: 15)
    let rows = labels.flatMap { label -> [Float] in
      [label == "unsafe" ? 1 : -1] + zeros + [0] + zeros
    }
    try rows.withUnsafeBufferPointer { rows in
      try writer.writeRows(hook: "resid_post", layer: 0, prompts: 0..<6, values: rows)
    }
    try writer.finish()
  }
}
