import Foundation
import Prompts
import Testing

@Suite("The project's contrast prompts")
struct ContrastDataTests {
  private static let data = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("data")

  private func contrast(_ name: String, label: String = "label") throws -> [Prompt] {
    let path = Self.data.appendingPathComponent("contrast/\(name).csv").path
    return try PromptSet.read(
      path: path, options: PromptFileOptions(labelColumn: label, stripWhitespace: false)
    ).prompts
  }

  private func words(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && $0 != "'" && $0 != "-" }.map(String.init)
  }

  @Test("requests are half unsafe, half safe, and alternate")
  func requestCounts() throws {
    let labels = try contrast("requests").map(\.label)
    #expect(labels.count == 264)
    #expect(labels.indices.allSatisfy { labels[$0] == ($0.isMultiple(of: 2) ? "unsafe" : "safe") })
  }

  @Test("the twelve categories of harm have eleven requests each")
  func requestCategories() throws {
    let categories = try contrast("requests", label: "category").filter { $0.id.hasPrefix("u-") }
    let counts = Dictionary(grouping: categories, by: \.label).mapValues(\.count)
    #expect(counts.count == 12)
    #expect(counts.values.allSatisfy { $0 == 11 })
  }

  @Test("partners begin with the same word and are equally long to within two words")
  func requestForms() throws {
    let prompts = try contrast("requests")
    for first in stride(from: 0, to: prompts.count, by: 2) {
      let (unsafe, safe) = (prompts[first], prompts[first + 1])
      #expect(unsafe.id.dropFirst() == safe.id.dropFirst())
      #expect(words(unsafe.text)[0] == words(safe.text)[0], "\(unsafe.id)")
      let difference = words(unsafe.text).count - words(safe.text).count
      #expect(abs(difference) <= 2, "\(unsafe.id)")
    }
  }

  @Test("pairs of look-alikes have a safe and an unsafe twin of one kind, with a word in common")
  func pairs() throws {
    let prompts = try contrast("lookalikes")
    let pairs = try contrast("lookalikes", label: "pair")
    let categories = try contrast("lookalikes", label: "category")
    let kinds = try contrast("lookalikes", label: "kind")
    #expect(prompts.count == 670)
    #expect(Set(pairs.map(\.label)).count == 335)
    let counts = Dictionary(grouping: kinds, by: \.label).mapValues(\.count)
    #expect(counts.count == 10)
    #expect(counts.values.allSatisfy { $0 >= 50 })
    let everywhere: Set = [
      "how", "do", "i", "can", "what", "which", "where", "is", "the", "a", "an", "my", "in", "on",
      "of", "to", "for", "and", "that", "me", "with", "it", "does", "best", "from", "should", "so",
    ]
    for first in stride(from: 0, to: prompts.count, by: 2) {
      #expect(prompts[first].label == "safe" && prompts[first + 1].label == "unsafe")
      #expect(pairs[first].label == pairs[first + 1].label)
      #expect(categories[first].label == categories[first + 1].label)
      #expect(kinds[first].label == kinds[first + 1].label)
      let shared = Set(words(prompts[first].text)).intersection(words(prompts[first + 1].text))
      #expect(!shared.isSubset(of: everywhere), "\(prompts[first].id)")
    }
  }

  @Test("no prompt occurs twice, in either file, whatever its case and punctuation")
  func duplicates() throws {
    var seen: Set<[String]> = []
    for prompt in try contrast("requests") + contrast("lookalikes") {
      #expect(seen.insert(words(prompt.text)).inserted, "\(prompt.id)")
    }
  }

  @Test("ids are unique and prompts are clean single sentences or questions")
  func cleanness() throws {
    for name in ["requests", "lookalikes"] {
      let prompts = try contrast(name)
      #expect(Set(prompts.map(\.id)).count == prompts.count)
      for prompt in prompts {
        #expect(prompt.text == prompt.text.trimmingCharacters(in: .whitespacesAndNewlines))
        #expect(prompt.text.hasSuffix("?") || prompt.text.hasSuffix("."), "\(prompt.id)")
        #expect(!prompt.text.contains("  "), "\(prompt.id)")
        #expect((5...17).contains(words(prompt.text).count), "\(prompt.id)")
      }
    }
  }

  @Test("the columns are recognised without options and the README gives the counts")
  func documentation() throws {
    let path = Self.data.appendingPathComponent("contrast/requests.csv").path
    let layout = try PromptSet.read(path: path).layout
    #expect(layout.promptColumn == "prompt")
    #expect(layout.labelColumn == "label")
    #expect(layout.idColumn == "id")
    let readme = try String(
      contentsOf: Self.data.appendingPathComponent("README.md"), encoding: .utf8)
    let categories =
      try contrast("requests", label: "category") + contrast("lookalikes", label: "category")
    for category in Set(categories.compactMap(\.label)) {
      #expect(readme.contains(category))
    }
    for (kind, rows) in Dictionary(grouping: try contrast("lookalikes", label: "kind"), by: \.label)
    {
      #expect(readme.contains("| `\(kind ?? "")` | \(rows.count / 2) |"))
    }
    #expect(readme.contains("264: 132 unsafe, 132 safe"))
    #expect(readme.contains("670: 335 pairs"))
  }
}
