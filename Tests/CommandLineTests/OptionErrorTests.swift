import Testing

@Suite("Options that cannot be used are refused")
struct OptionErrorTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.write("Hi, the\n", to: "prompts.txt")
  }

  private static let hookNames = [
    "embed", "resid_pre", "resid_mid", "resid_post", "attn_out", "mlp_out", "ln_final", "logits",
  ]

  @Test("A layer that the model does not have", arguments: [2, 7, 9999])
  func noSuchLayer(layer: Int) throws {
    try workplace.expectDumpRefusal(
      with: ["--layers", "0,\(layer)"],
      "there is no layer \(layer): the model's layers are 0 to 1; correct --layers")
  }

  @Test(
    "Layers that are not a list", arguments: ["x", "3-1", "0,,1", "", "0-", "1.5", "0-99999999999"])
  func layers(list: String) throws {
    try workplace.expectUsageError(
      of: Workplace.dumpArguments(["--layers", list]),
      "The value '\(list)' is invalid for '--layers <list>'\n"
        + "Help:  --layers <list>  Layers counted from 0, e.g. 0-9,20; all when absent.\n")
  }

  @Test("A hook site that does not exist; those that do are listed", arguments: ["nope", "embed,"])
  func hooks(list: String) throws {
    try workplace.expectUsageError(
      of: Workplace.dumpArguments(["--hooks", list]),
      "The value '\(list)' is invalid for '--hooks <names>'. "
        + "Please provide one of the following:\n"
        + Self.hookNames.map { "  - \($0)\n" }.joined())
  }

  @Test("The same hook site or position twice")
  func repeated() throws {
    try workplace.expectUsageError(
      of: Workplace.dumpArguments(["--hooks", "embed,logits,embed"]),
      "--hooks names embed more than once; name it once.\n")
    try workplace.expectUsageError(
      of: Workplace.dumpArguments(["--positions", "last,last"]),
      "--positions names last more than once; name it once.\n")
  }

  @Test("A position that does not exist, or all beside a name", arguments: ["foo", "last,all"])
  func positions(list: String) throws {
    try workplace.expectUsageError(
      of: Workplace.dumpArguments(["--positions", list]),
      "The value '\(list)' is invalid for '--positions <names>'. "
        + "Please provide one of 'query-end', 'last' or 'all'.\n")
  }

  @Test(
    "A sample of nothing, or two of them",
    arguments: [
      (["--limit=0"], "--limit is 0; give 1 or more.\n"),
      (["--first=-3"], "--first is -3; give 1 or more.\n"),
      (["--limit", "2", "--first", "2"], "Give --limit or --first, one of them.\n"),
      (["--limit-seed", "1"], "--limit-seed is the seed of --limit; give that too.\n"),
    ])
  func samples(arguments: [String], sentence: String) throws {
    try workplace.expectUsageError(of: Workplace.dumpArguments(arguments), sentence)
  }

  @Test("A count of threads that no machine has", arguments: [0, -1, 1025])
  func threads(count: Int) throws {
    try workplace.expectUsageError(
      of: Workplace.dumpArguments(["--threads=\(count)"]),
      "--threads is \(count); give a count from 1 to 1024.\n")
  }

  @Test("A memory budget that is too small for one prompt")
  func smallBudget() throws {
    try workplace.expectDumpRefusal(
      with: ["--memory-budget", "1"],
      "the memory budget is too small for the largest prompt alone; "
        + "give --memory-budget 1M or more")
  }

  @Test("A memory budget that is no size", arguments: ["abc", "0", "-5", "1.5G", "G", "9999999T"])
  func budget(size: String) throws {
    try workplace.expectUsageError(
      of: Workplace.dumpArguments(["--memory-budget=\(size)"]),
      "The value '\(size)' is invalid for '--memory-budget <size>'\n")
  }

  @Test("A precision or number format that does not exist")
  func numbers() throws {
    try workplace.expectUsageError(
      of: Workplace.dumpArguments(["--precision", "f64"]),
      "The value 'f64' is invalid for '--precision <precision>'. "
        + "Please provide one of 'f32' and 'bf16'.\n")
    try workplace.expectUsageError(
      of: Workplace.dumpArguments(["--dtype", "bf16"]),
      "The value 'bf16' is invalid for '--dtype <dtype>'. Please provide one of 'f16' and 'f32'.\n")
  }

  @Test("A system message without the template that would hold it")
  func systemRaw() throws {
    try workplace.expectUsageError(
      of: Workplace.dumpArguments(["--raw", "--system", "Be kind."]),
      "--system needs the chat template, which --raw turns off; drop one.\n")
  }

  @Test("An option that does not exist, or is missing")
  func unknown() throws {
    try workplace.expectUsageError(
      of: Workplace.dumpArguments(["--layer", "1"]),
      "Unknown option '--layer'. Did you mean '--layers'?\n")
    try workplace.expectUsageError(
      of: ["dump-activations"], "Missing expected argument '--model <model>'\n")
  }
}
