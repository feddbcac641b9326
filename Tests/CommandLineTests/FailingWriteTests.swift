#if os(Linux)
  import ActivationStore
  import Foundation
  import Testing

  /// The library that makes an operation on files fail; nil where there is no C compiler.
  private let failingWrite: String? = {
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/failing_write.c").path
    let library = NSTemporaryDirectory() + "failing-write-\(getpid()).so"
    for compiler in ["cc", "clang"] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"]
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { continue }
      process.waitUntilExit()
      if process.terminationStatus == 0 { return library }
    }
    return nil
  }()

  /// A result is in the file when the exit code is 0; else the file is what it was.
  @Suite("Whichever write fails, nothing is lost", .enabled(if: failingWrite != nil, "needs cc"))
  struct FailingWriteTests {
    let place: SteeringWorkplace

    init() throws {
      place = try SteeringWorkplace()
      try place.workplace.makeFolder("disk")
    }

    private var workplace: Workplace { place.workplace }

    private func run(_ arguments: [String], _ environment: [String: String]) throws -> Output {
      let faults = [
        "LD_PRELOAD": failingWrite ?? "", "FAIL_IN": workplace.path("disk"),
        "SOURCE_DATE_EPOCH": "1700000000",
      ]
      return try workplace.run(arguments, environment: faults.merging(environment) { $1 })
    }

    /// Commands that add to a file of results, replace a file, and add to a file of activations.
    @Test(
      arguments: [
        (["logit-lens", "vectors.h5", "-m", "tiny.gguf", "-o", "disk/run.h5"], "vectors.h5"),
        (
          Workplace.dumpArguments(prompts: "prompts.csv", output: "disk/run.h5") + ["--force"],
          "vectors.h5"
        ),
        (["vectors", "states.h5", "-o", "disk/run.h5"], "states.h5"),
      ])
    func oneAfterAnother(command: [String], base: String) throws {
      try workplace.run(
        Workplace.dumpArguments(
          ["--response", "Sure", "--positions", "query-end,last"], prompts: "prompts.csv",
          output: "states.h5")
      ).expectSuccess()
      let before = try workplace.bytes(base)
      let count = workplace.path("count")
      func prepare() throws { try workplace.write(before, to: "disk/run.h5") }
      try prepare()
      try run(command, ["FAIL_COUNT": count]).expectSuccess()
      let whole = try workplace.bytes("disk/run.h5")
      let operations = try workplace.bytes("count").count
      #expect(operations > 10)
      for error in [EIO, ENOSPC] {
        for number in 1...operations {
          try prepare()
          let output = try run(
            command, ["FAIL_AT": "\(number)", "FAIL_ERROR": "\(error)"])
          #expect(output.status == 0 || output.status == 1)
          #expect(
            try workplace.bytes("disk/run.h5") == (output.status == 0 ? whole : before),
            "operation \(number) of \(operations), \(output.stderr)")
          let names = try FileManager.default.contentsOfDirectory(atPath: workplace.path("disk"))
          #expect(names == ["run.h5"])
        }
      }
    }
  }
#endif
