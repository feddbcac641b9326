import ActivationStore
import Foundation
import ResultSchemas
import TestSupport
import Testing

/// What commands write is what the schemas say, and what figures, reports and notebooks read.
@Suite("Groups of results and their schemas")
struct SchemaTests {
  static let schemas: [any GroupSchema.Type] = [
    AblationSchema.self, ClassifierSchema.self, EvaluationSchema.self, EvaluationTableSchema.self,
    JudgeSchema.self, LensSchema.self, MMLUSchema.self, PerplexitySchema.self, SpeedSchema.self,
    SteeringSchema.self, SummariesSchema.self, TSNESchema.self, VectorsSchema.self,
  ]
  /// Those that figures, reports and notebooks show.
  static let shown: [any GroupSchema.Type] = [
    AblationSchema.self, ClassifierSchema.self, EvaluationSchema.self, EvaluationTableSchema.self,
    LensSchema.self, SteeringSchema.self, TSNESchema.self,
  ]

  let steering: SteeringWorkplace
  var workplace: Workplace { steering.workplace }

  /// Every analysis once, each group in a file of its own.
  init() throws {
    steering = try SteeringWorkplace()
    let model = SteeringWorkplace.model + SteeringWorkplace.prompts
    let texts = (0..<32).map { "\($0),text \($0),\($0 % 2 == 0 ? "safe" : "unsafe")" }
    try workplace.write("id,prompt,label\n" + texts.joined(separator: "\n") + "\n", to: "many.csv")
    try workplace.run([
      "dump-activations", "--model", "tiny.gguf", "--prompts", "many.csv", "--response", "Sure",
      "--positions", "query-end,last", "-o", "states.h5",
    ]).expectSuccess()
    try workplace.run(["tsne", "states.h5", "--perplexity", "8", "-o", "tsne.h5"]).expectSuccess()
    try workplace.run(
      ["classify"] + model + SteeringWorkplace.vectors + ["-o", "classifier.h5"]
    ).expectSuccess()
    try steering.ablate(
      ["--windows", "0,1", "--alpha", "2", "--answers", "3"], output: "ablation.h5"
    ).expectSuccess()
    try steering.steer(SteeringWorkplace.prompts + ["-o", "steering.h5"]).expectSuccess()
    try workplace.run(
      ["logit-lens"] + model + ["--kl", "--token", "a", "--positions", "all", "-o", "lens.h5"]
    ).expectSuccess()
    try workplace.run(
      ["eval", "--model", "tiny.gguf", "--set", "mine=many.csv", "--max-new-tokens", "3"]
        + SteeringWorkplace.vectors
        + ["--method", "scans-repo", "--layers", "1", "--classifier-layers", "0,1"]
        + ["-o", "evaluation.h5"]
    ).expectSuccess()
    try runCapabilities()
  }

  private func runCapabilities() throws {
    try workplace.write(ChatModel.withContext(512), to: "long.gguf")
    let steered =
      ["--model", "long.gguf", "--steer", "vectors.h5", "--layers", "1", "--allow-other-model"]
    for folder in ["mmlu/dev", "mmlu/test"] { try workplace.makeFolder(folder) }
    try workplace.write("Where is the cat?,in,out,a,the,A\n", to: "mmlu/dev/virology_dev.csv")
    try workplace.write("Why?,in,out,a,the,B\n", to: "mmlu/test/virology_test.csv")
    try workplace.run(["eval", "mmlu", "mmlu"] + steered + ["-o", "mmlu.h5"]).expectSuccess()
    try workplace.write("a cat and the other cat sat and sat\n", to: "text.txt")
    try workplace.run(
      ["eval", "perplexity", "text.txt", "--window", "16"] + steered + ["-o", "perplexity.h5"]
    ).expectSuccess()
    try workplace.write("document,summary\na cat and a dog,a cat\n", to: "documents.csv")
    try workplace.run(
      ["eval", "summaries", "documents.csv", "--max-new-tokens", "4"] + steered
        + ["-o", "summaries.h5"]
    ).expectSuccess()
    try workplace.run(
      ["eval", "speed", "Hi", "--rows", "1", "--rounds", "1", "--max-new-tokens", "3"] + steered
        + ["-o", "speed.h5"]
    ).expectSuccess()
    try workplace.write(
      "id,completion,final_label\na,I cannot.,2_full_refusal\nb,Sure.,1_full_compliance\n",
      to: "a.csv")
    try workplace.run(["judge", "calibrate", "a.csv", "-o", "judge.h5"]).expectSuccess()
  }

  private func file(of group: String) -> String {
    group == EvaluationTableSchema.group ? "evaluation.h5" : "\(group).h5"
  }

  @Test("Every dataset that a command writes is in the schema, along the same axes")
  func datasets() throws {
    for schema in Self.schemas {
      let path = workplace.path(file(of: schema.group))
      let group = try ResultFile.read(schema.group, from: path)
      #expect(!group.datasets.isEmpty)
      for dataset in group.datasets {
        let fitting = schema.datasets.filter {
          $0.name == dataset.name && $0.axes == dataset.axes && $0.holds(dataset.values)
        }
        #expect(fitting.count == 1, "\(schema.group): \(dataset.name) along \(dataset.axes)")
      }
    }
  }

  @Test(
    "Figures, the report and the notebook read every group that a command writes",
    .enabled(if: Workplace.plotly != nil, "needs plotly.min.js, by `make plotly`"))
  func readers() throws {
    try workplace.addPlotly()
    for (file, kind) in [
      ("tsne", "tsne"), ("tsne", "tsne-layer"), ("classifier", "cosines"), ("ablation", "ablation"),
      ("ablation", "ablation-heatmap"), ("lens", "lens"), ("steering", "refusals"),
    ] {
      try workplace.run(["figure", "\(file).h5", kind, "-o", "\(kind).svg"]).expectSuccess()
    }
    for file in Set(Self.shown.map { file(of: $0.group) }) {
      try workplace.run([
        "report", file, "-o", "\(file).html", "--notebook", "\(file).ipynb",
      ]).expectSuccess()
      let page = String(decoding: try workplace.bytes("\(file).html"), as: UTF8.self)
      let notebook = String(decoding: try workplace.bytes("\(file).ipynb"), as: UTF8.self)
      for schema in Self.shown where self.file(of: schema.group) == file {
        #expect(page.contains("\"\(schema.group)\""), "\(schema.group) in the report")
        guard schema.group != EvaluationSchema.group else { continue }
        #expect(notebook.contains(#"read(\"\#(schema.group)\")"#), "\(schema.group)")
      }
    }
  }

  @Test(
    "xarray opens what every command writes, with coordinates, truth values and descriptions",
    .enabled(if: Self.hasXarray, "needs xarray, h5netcdf and netCDF4 in WORKBENCH_PYTHON"))
  func xarray() throws {
    // Groups of some layers and of all stand beside the states that they came from.
    try workplace.run(["vectors", "states.h5", "-o", "states.h5"]).expectSuccess()
    try workplace.run([
      "tsne", "states.h5", "--perplexity", "8", "--layers", "1", "-o", "states.h5",
    ]).expectSuccess()
    try workplace.write(Self.xarrayScript, to: "open.py")
    let files = ["states"] + Set(Self.schemas.map { file(of: $0.group) }).sorted()
    let names = files.map { $0.hasSuffix(".h5") ? $0 : "\($0).h5" }
    let output = try workplace.start(
      ["open.py"] + names, program: URL(fileURLWithPath: Self.python)
    ).finish()
    #expect(output.status == 0, "\(output.stderr)")
    #expect(output.stdout == names.map { "\($0) h5netcdf\n\($0) netcdf4\n" }.joined())
  }

  private static let python =
    ProcessInfo.processInfo.environment["WORKBENCH_PYTHON"] ?? "/usr/bin/python3"

  private static var hasXarray: Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", "import xarray, h5netcdf, netCDF4"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  private static let xarrayScript = """
    import sys, warnings
    import numpy, xarray
    warnings.simplefilter("error")

    def check(group, dataset):
        truths = {"done", "is_anchor", "steered_refused", "cut", "judged_refused"}
        for name, values in dataset.variables.items():
            if name in truths:
                assert values.dtype == bool, (group, name, values.dtype)
            elif group != "/" and values.dtype.kind in "if" and name not in dataset.indexes:
                described = values.attrs.get("long_name") and values.attrs.get("units")
                assert described or group in ("tokens", "positions"), (group, name)
        for name in dataset.variables:
            if name.endswith("_label") and name[:-len("_label")] in dataset[name].dims:
                assert name in dataset.coords, (group, name)

    for path in sys.argv[1:]:
        for engine in ("h5netcdf", "netcdf4"):
            tree = xarray.open_datatree(path, engine=engine)
            tree.load()
            for name in ("Conventions", "title", "source", "history"):
                assert tree.attrs[name], (path, name)
            assert "workbench" in tree.attrs["history"].splitlines()[-1]
            for group in tree.children:
                with xarray.open_dataset(path, engine=engine, group=group) as dataset:
                    check(group, dataset.load())
            if path == "states.h5":
                with xarray.open_dataset(path, engine=engine, group="activations") as states:
                    assert states.sel(layer=1, position="last").resid_post.dims == ("prompt", "d_model")
                    safe = states.where(states.label == "safe", drop=True)
                    assert safe.sizes["prompt"] == 16 and set(safe.label.values) == {"safe"}
                    assert states.id.dims == ("prompt",) and "id" in states.coords
                with xarray.open_dataset(path, engine=engine, group="tsne") as found:
                    assert found.sel(tsne_layer=1).embedding.shape == (32, 2)
                assert len(tree.attrs["history"].splitlines()) == 3
            if path == "evaluation.h5":
                table = tree["evaluation"].to_dataset()
                assert numpy.isnan(table.cosine).any() or table.is_reported.all()
            print(path, engine)
    """

  @Test("Every dataset that the notebook names is in a schema")
  func notebook() throws {
    let source = try String(
      contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources/Figures/Resources/notebook.py"), encoding: .utf8)
    let known = Set(Self.shown.flatMap { $0.datasets.map(\.name) })
    let named = source.matches(of: /\b(?:tsne|found|lens|sweep|steering|table)\["([a-z_]+)"\]/)
      .map { String($0.1) }
    #expect(named.count > 20)
    for name in named { #expect(known.contains(name), "\(name)") }
  }
}

extension DatasetSchema {
  fileprivate func holds(_ values: ResultDataset.Values) -> Bool {
    switch (kind, values) {
    case (.texts, .texts), (.integers, .integers), (.truths, .truths), (.doubles, .doubles),
      (.floats, .floats):
      true
    default: false
    }
  }
}
