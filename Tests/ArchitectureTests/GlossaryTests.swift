import Foundation
import Testing

/// The table of hook points and transformers' modules in ARCHITECTURE.md is what the expected numbers
/// were read from.
struct GlossaryTests {
  /// A line of the table: families, and what the modules of their blocks are called.
  private struct Line {
    let families, attnOut, residMid, mlpOut: String

    init?(_ text: Substring) {
      let cells = text.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 4 else { return nil }
      (families, attnOut, residMid, mlpOut) = (cells[0], cells[1], cells[2], cells[3])
    }
  }

  private struct Manifest: Decodable {
    struct Modules: Decodable {
      let attn_out, mlp_out: String
      let resid_mid: String?
    }
    let modules: Modules
  }

  private struct Config: Decodable {
    let model_type: String
  }

  private func table() throws -> [Line] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(
      contentsOf: root.appendingPathComponent("ARCHITECTURE.md"), encoding: .utf8)
    let head = try #require(page.range(of: "| `model_type` |"))
    let lines = page[head.lowerBound...].split(separator: "\n", omittingEmptySubsequences: false)
    return lines.dropFirst(2).prefix { $0.hasPrefix("|") }.compactMap(Line.init)
  }

  @Test(
    "Every family's hook points are the modules that ARCHITECTURE.md says",
    arguments: Fixture.models)
  func modules(_ name: String) throws {
    let config = try JSONDecoder().decode(
      Config.self, from: Data(contentsOf: Fixture.url("models/\(name)/config.json")))
    let found = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: Fixture.url("expected/\(name).json"))
    ).modules
    let line = try #require(
      try table().first { $0.families.contains("`\(config.model_type)`") }, "\(config.model_type)")
    #expect(line.attnOut == "`\(found.attn_out)`")
    #expect(line.mlpOut == "`\(found.mlp_out)`")
    if let before = found.resid_mid {
      #expect(line.residMid.hasPrefix("`\(before.trimmingCharacters(in: ["(", ")"]))`"))
    } else {
      #expect(line.residMid.contains("none"))
    }
  }
}
