import Foundation
import Testing

@Suite("A run that is stopped says so, leaves nothing behind, and exits as shells expect")
struct InterruptionTests {
  let workplace: Workplace

  /// Enough prompts for many seconds; they differ from the first word on, so they share little.
  init() throws {
    workplace = try Workplace()
    let tail = String(repeating: "kx", count: 45)
    let prompts = (100_000..<106_000).map { "\($0) \(tail)" }
    try workplace.write(prompts.joined(separator: "\n"), to: "prompts.txt")
  }

  /// Starts a long run and sends it the signal as soon as it writes.
  private func interrupt(_ signal: Int32, _ arguments: [String] = []) throws -> Output {
    let run = try workplace.start(Workplace.dumpArguments(["--threads", "1"] + arguments))
    let partial = workplace.path("out.h5.partial")
    while !FileManager.default.fileExists(atPath: partial), run.process.isRunning { usleep(1000) }
    #expect(kill(run.process.processIdentifier, signal) == 0)
    return try run.finish()
  }

  @Test(
    "Ctrl-C, a scheduler's SIGTERM, the end of a session", arguments: [SIGINT, SIGTERM, SIGHUP])
  func stop(signal: Int32) throws {
    let output = try interrupt(signal)
    #expect(!output.wasKilled)
    #expect(output.status == 128 + signal)
    #expect(output.stdout == "")
    #expect(output.stderr == "Error: interrupted; out.h5 was not written\n")
    #expect(try workplace.names == ["prompts.txt", "tiny.gguf"])
  }

  @Test("The file that --force would have replaced is still there")
  func force() throws {
    try workplace.write("precious", to: "out.h5")
    let output = try interrupt(SIGINT, ["--force"])
    #expect(output.status == 130)
    #expect(try workplace.bytes("out.h5") == Array("precious".utf8))
    #expect(try workplace.names == ["out.h5", "prompts.txt", "tiny.gguf"])
  }
}
