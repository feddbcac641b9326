import Foundation
import Testing

/// The page of all commands is what the program says of itself.
@Suite("The reference of commands")
struct DocumentationTests {
  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Sources/workbench/Documentation.docc/Commands.md")
    .standardizedFileURL

  let workplace: Workplace

  init() throws { workplace = try Workplace() }

  /// A command and those below it, in the order of the help.
  private func commands(_ path: [String]) throws -> [[String]] {
    let help = try workplace.run(path + ["--help"]).stdout
    guard let list = help.split(separator: "SUBCOMMANDS:\n").dropFirst().first else {
      return [path]
    }
    let names = list.split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { $0.hasPrefix("  ") }.filter { !$0.hasPrefix("   ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    return try [path] + names.flatMap { try commands(path + [$0]) }
  }

  private func reference() throws -> String {
    let head = """
      # Commands

      What every command says of itself with `--help`.

      ## Overview

      This page is written by a test from the program, which fails where they differ;
      `WORKBENCH_RECORD=1 swift test -c release --filter DocumentationTests` writes it anew.

      """
    return try head
      + commands([]).map { path in
        let help = try workplace.run(path + ["--help"]).stdout
        return "\n## \((["workbench"] + path).joined(separator: " "))\n\n```\n"
          + help.trimmingCharacters(in: .newlines) + "\n```\n"
      }.joined()
  }

  @Test("the page has the help of every command, word for word")
  func drift() throws {
    let wanted = try reference()
    #expect(wanted.contains("\n## workbench eval mmlu\n"))
    if ProcessInfo.processInfo.environment["WORKBENCH_RECORD"] != nil {
      try Data(wanted.utf8).write(to: Self.page)
    }
    let written = try String(contentsOf: Self.page, encoding: .utf8)
    #expect(
      written == wanted,
      "write it anew: WORKBENCH_RECORD=1 swift test -c release --filter DocumentationTests")
  }
}
