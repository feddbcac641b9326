import ActivationStore
import Foundation
import Testing

/// The interpreter named by `WORKBENCH_PYTHON`, else `python3`.
private let python = ProcessInfo.processInfo.environment["WORKBENCH_PYTHON"] ?? "python3"

private let hasH5py = (try? output(of: python, ["-c", "import h5py"]))?.status == 0

private let hasXarray =
  (try? output(of: python, ["-c", "import xarray, h5netcdf, netCDF4"]))?.status == 0

@Suite(.enabled(if: hasH5py, "needs a Python with h5py; name one in WORKBENCH_PYTHON"))
struct PythonTests {
  /// Prints, one per line, what a user of h5py sees.
  static let script = """
    import sys, h5py
    f = h5py.File(sys.argv[1])
    a = f["activations/resid_post"]
    print(a.dtype, a.shape, [d.label for d in a.dims], [d[0].name for d in a.dims])
    print(f["activations/logits"].dims[2].label, [len(d) for d in f["tokens/id"].dims])
    print(f["layer"][:].tolist(), [n.decode() for n in f["position"]])
    print(a[3, 1, 1].astype(float).tolist())
    print(f["prompts/text"].asstr()[6], end="")
    print(f.attrs["format"], f.attrs["format_version"], f.attrs["seed"], f.attrs["complete"])
    print(f.attrs["model_path"], f.attrs["created"], f["committed"][:].tolist())
    print(f["tokens/offset"][:3].tolist(), f["positions/token_index"][2].tolist())
    """

  @Test(
    "h5py sees types, axis labels, scales, values and attributes",
    arguments: StoredType.allCases)
  func h5py(dtype: StoredType) throws {
    let scratch = try Scratch()
    let sample = Sample(layout: Sample.named, dtype: dtype)
    try sample.writeFile(scratch.path("run.h5"))
    let (status, text) = try output(
      of: python, ["-c", PythonTests.script, scratch.path("run.h5")])
    let vector = sample.vector(Sample.hooks[2], layer: 2, prompt: 3, place: 1)
    let values = vector.map { String(describing: $0) }.joined(separator: ", ")
    let expected = """
      \(dtype == .f16 ? "float16" : "float32") (7, 3, 2, 8) \
      ['prompt', 'layer', 'position', 'd_model'] ['/prompt', '/activations/layer', '/activations/position', '/d_model']
      d_vocab [1]
      [0, 2, 5] ['user_end', 'query_end']
      [\(values)]
      Prompt 6: what does «naïve 日本語 🙂» mean?
      workbench-activations 1 18446744073709551615 1
      /models/tïny.gguf 2023-11-14T22:13:20Z [1, 1, 1, 1, 1, 1, 1]
      [0, 1, 3] [1, 2]

      """
    #expect(status == 0)
    #expect(text == expected)
  }

  @Test("h5py sees the groups of analyses with their axes, in the order written")
  func groups() throws {
    let scratch = try Scratch()
    let path = scratch.path("results.h5")
    try ResultFile.write([.vectors], to: path, provenance: .sample, overwrite: false)
    let script = """
      import sys, h5py
      f = h5py.File(sys.argv[1])
      g = f["vectors"]
      print(f.attrs["format"], f.attrs["format_version"], f.attrs["complete"])
      print(f.attrs["created"], g.attrs["created"], g.attrs["command_line"], g.attrs["tool_version"])
      print(g.attrs["kind"], g.attrs["unit"], g.attrs["scale"], list(g))
      v = g["vector"]
      print(v.dtype, v[:].tolist(), [d.label for d in v.dims], [d[0].name for d in v.dims])
      print(g["layer"].dtype, g["layer"][:].tolist(), g["norm"][:].tolist(), g["norm"].dims[0][0].name)
      print(g["anchor"].shape, g["cosine"].shape, g["total"][()])
      """
    let (status, text) = try output(of: python, ["-c", script, path])
    #expect(
      text == """
        workbench-results 1 1
        2023-11-14T22:13:20Z 2023-11-14T22:13:20Z workbench vectors --model größer 1.2.3
        mean-difference 1 -0.1 ['vector', 'layer', 'norm', 'anchor', 'cosine', 'total', 'd_model']
        float32 [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]] ['layer', 'd_model'] \
        ['/vectors/layer', '/vectors/d_model']
        int64 [0, 11] [0.1, 1e+300] /vectors/layer
        (0,) (0, 2) -9223372036854775808

        """)
    #expect(status == 0)
  }

  @Test(
    "xarray sees dimensions and coordinates",
    .enabled(if: hasXarray, "needs xarray and h5netcdf in WORKBENCH_PYTHON"))
  func xarray() throws {
    let scratch = try Scratch()
    let path = scratch.path("results.h5")
    try ResultFile.write([.vectors], to: path, provenance: .sample, overwrite: false)
    let script = """
      import sys, xarray
      for engine in ["h5netcdf", "netcdf4"]:
          d = xarray.open_dataset(sys.argv[1], group="vectors", engine=engine)
          print(dict(d.sizes), list(d.coords), d["vector"].sel(layer=11).values.tolist())
          print(d["norm"].dims, d["cosine"].dims, d.attrs["kind"])
      """
    let (status, text) = try output(of: python, ["-c", script, path])
    let once = """
      {'layer': 2, 'd_model': 3, 'anchor': 0} ['layer', 'anchor'] [4.0, 5.0, 6.0]
      ('layer',) ('anchor', 'layer') mean-difference

      """
    #expect(text == once + once)
    #expect(status == 0)
  }
}
