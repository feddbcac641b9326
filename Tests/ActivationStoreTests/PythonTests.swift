import ActivationStore
import Foundation
import Testing

/// The interpreter named by `WORKBENCH_PYTHON`, else `python3`.
private let python = ProcessInfo.processInfo.environment["WORKBENCH_PYTHON"] ?? "python3"

private let hasH5py = (try? output(of: python, ["-c", "import h5py"]))?.status == 0

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
      ['prompt', 'layer', 'position', 'd_model'] ['/prompt', '/layer', '/position', '/d_model']
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
}
