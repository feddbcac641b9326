import Foundation
import Testing

@Suite("Standard streams that cannot be written end no run", .enabled(if: hasFullDevice))
struct StreamTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.write("Hi\n", to: "prompts.txt")
  }

  @Test(
    "stderr closed, full, or a pipe that nobody reads: the run ends as it would",
    arguments: ["2>&-", "2>/dev/full", "2>&1 >kept | :"])
  func standardError(redirection: String) throws {
    let dump =
      "workbench dump-activations -m tiny.gguf -p prompts.txt -o out.h5 \(redirection)"
    let output = try workplace.shell(dump)
    #expect(output.status == 0)
    #expect(try workplace.names.contains("out.h5"))
  }

  @Test(
    "stdout closed or full: a sentence and exit code 1, for help too",
    arguments: [">&-", ">/dev/full"], ["tokens -m tiny.gguf --json Hi", "--help"])
  func standardOutput(redirection: String, command: String) throws {
    let output = try workplace.shell("workbench \(command) \(redirection)")
    #expect(output.status == 1)
    #expect(
      output.stderr.hasPrefix("Error: the results could not be written to standard output ("))
    #expect(output.stderr.hasSuffix("; give it an open file on a disk with space\n"))
  }

  @Test("With stdout closed, no file that is opened takes its place")
  func places() throws {
    _ = try workplace.shell(
      "workbench dump-activations -m tiny.gguf -p prompts.txt -o out.h5 >&- 2>&-")
    let bytes = try workplace.bytes("out.h5")
    #expect(bytes.starts(with: [0x89] + Array("HDF".utf8)))
    #expect(bytes.firstRange(of: Array("1 prompt".utf8)) == nil)
  }

  @Test("A reader that has seen enough ends the program quietly")
  func head() throws {
    let output = try workplace.shell(
      "workbench tokens -m tiny.gguf --raw \(String(repeating: "x", count: 100_000)) | head -n 1")
    #expect(output.status == 0)
    #expect(output.stderr == "")
    #expect(output.stdout.split(separator: "\n").count == 1)
  }

  @Test("A time that is none is refused", arguments: ["abc", "", "-1", "1e9", "99999999999999"])
  func creationDate(text: String) throws {
    let output = try workplace.shell(
      "workbench tokens -m tiny.gguf Hi", environment: ["SOURCE_DATE_EPOCH": text])
    #expect(output.status == 1)
    #expect(output.stderr.hasPrefix("Error: the variable SOURCE_DATE_EPOCH is \"\(text)\"; "))
  }

  @Test("A name that is not UTF-8 stands for no other file")
  func names() throws {
    let output = try workplace.shell(
      "workbench dump-activations -m tiny.gguf -p prompts.txt -o \"$(printf 'a\\377.h5')\"")
    #expect(output.status == 1)
    #expect(output.stderr.contains("is not UTF-8"))
    #expect(try workplace.names == ["prompts.txt", "tiny.gguf"])
  }
}

private let hasFullDevice = FileManager.default.fileExists(atPath: "/dev/full")
