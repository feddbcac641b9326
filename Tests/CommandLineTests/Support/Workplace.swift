import Foundation
import TestSupport
import Testing

/// A folder in which the built `workbench` runs, with the tiny model in it; gone after the test.
final class Workplace {
  /// Seconds after which a run is killed.
  private static let timeLimit = 60.0

  /// The working folder of every run.
  let folder: String
  /// `$WORKBENCH_CACHE` and the home folder of every run.
  let cache: String
  private let root: String

  init() throws {
    root = NSTemporaryDirectory() + "workbench-cli-" + UUID().uuidString
    folder = root + "/work"
    cache = root + "/cache"
    for path in [folder, cache + "/models"] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    try write(ChatModel.bytes(), to: "tiny.gguf")
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// What lies in the working folder.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
  }

  func path(_ name: String) -> String { folder + "/" + name }

  func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
  }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: path(name), withIntermediateDirectories: true)
  }

  /// The plotting library that `make plotly` fetched, if it did.
  static let plotly: String? = {
    let environment = ProcessInfo.processInfo.environment
    let cache =
      environment["WORKBENCH_CACHE"] ?? (environment["HOME"] ?? "") + "/.cache/workbench"
    let path = cache + "/plotly.min.js"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  /// Puts the plotting library into the cache of every run.
  func addPlotly() throws {
    try FileManager.default.copyItem(
      atPath: #require(Self.plotly), toPath: cache + "/plotly.min.js")
  }

  /// Runs `workbench` to its end.
  @discardableResult
  func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Output {
    try start(arguments, environment: environment).finish()
  }

  /// Runs `dump-activations` of the tiny model over `prompts.txt` into `out.h5`, if nothing else is said.
  @discardableResult
  func dump(
    _ arguments: [String] = [], model: String = "tiny.gguf", prompts: String = "prompts.txt",
    output: String = "out.h5"
  ) throws -> Output {
    try run(Self.dumpArguments(arguments, model: model, prompts: prompts, output: output))
  }

  static func dumpArguments(
    _ arguments: [String] = [], model: String = "tiny.gguf", prompts: String = "prompts.txt",
    output: String = "out.h5"
  ) -> [String] {
    ["dump-activations", "--model", model, "--prompts", prompts, "--output", output] + arguments
  }

  /// Runs a line of sh, in which `workbench` is the program.
  func shell(_ line: String, environment: [String: String] = [:]) throws -> Output {
    let script = "workbench() { '\(Self.tool.path)' \"$@\"; }; " + line
    return try start(
      ["-c", script], program: URL(fileURLWithPath: "/bin/sh"), environment: environment
    ).finish()
  }

  /// Starts `workbench`; its streams go to files, which never fill up as pipes do.
  func start(
    _ arguments: [String], program: URL = tool, stdout: String? = nil,
    environment: [String: String] = [:]
  ) throws -> Run {
    let streams = root + "/" + UUID().uuidString
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ["WORKBENCH_CACHE": cache, "HOME": cache]
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try Self.openForWriting(stdout ?? streams + ".out")
    process.standardError = try Self.openForWriting(streams + ".err")
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    return Run(
      process: process, ended: ended, timeLimit: Self.timeLimit, stdout: streams + ".out",
      stderr: streams + ".err")
  }

  /// The program beside the tests: in the same folder on Linux, beside the test bundle on macOS.
  static let tool: URL = {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
    let folder = bundle?.bundleURL.deletingLastPathComponent() ?? Bundle.main.bundleURL
    return folder.appendingPathComponent("workbench")
  }()

  private static func openForWriting(_ path: String) throws -> FileHandle {
    if !FileManager.default.fileExists(atPath: path) {
      try Data().write(to: URL(fileURLWithPath: path))
    }
    return try #require(FileHandle(forWritingAtPath: path))
  }
}

/// A run of `workbench` that has begun.
struct Run {
  let process: Process
  let ended: DispatchSemaphore
  let timeLimit: Double
  let stdout: String
  let stderr: String

  /// Waits for the end, and kills a run that takes too long.
  func finish() throws -> Output {
    if ended.wait(timeout: .now() + timeLimit) == .timedOut {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
      Issue.record("the run took more than \(timeLimit) s")
    }
    return Output(
      status: process.terminationStatus,
      wasKilled: process.terminationReason == .uncaughtSignal,
      stdout: (try? String(contentsOfFile: stdout, encoding: .utf8)) ?? "",
      stderr: try String(contentsOfFile: stderr, encoding: .utf8))
  }
}

/// How a run ended and what it said.
struct Output {
  /// The exit status, or the number of the signal that killed the run.
  let status: Int32
  let wasKilled: Bool
  let stdout: String
  let stderr: String
}
