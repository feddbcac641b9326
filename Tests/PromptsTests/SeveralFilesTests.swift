import Foundation
import Prompts
import Testing

@Suite("Several prompt files")
struct SeveralFilesTests {
  private func folder(_ files: [String: String], _ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("prompts-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      let file = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    try body(folder)
  }

  @Test func idsBeginWithTheFilesNames() throws {
    try folder(["b.txt": "one\ntwo\n", "a.csv": "id,prompt,label\nx,three,safe\n"]) { folder in
      let paths = ["b.txt", "a.csv"].map { folder.appendingPathComponent($0).path }
      let set = try PromptSet.read(paths: paths)
      #expect(set.name == "b+a")
      #expect(set.prompts.map(\.id) == ["b:1", "b:2", "a:x"])
      #expect(set.prompts.map(\.text) == ["one", "two", "three"])
      #expect(set.prompts.map(\.label) == [nil, nil, "safe"])
      let first = try PromptSet.read(paths: paths, options: PromptFileOptions(sample: .first(1)))
      #expect(first.prompts.map(\.id) == ["b:1", "a:x"])
    }
  }

  @Test func oneFileKeepsItsIDs() throws {
    try folder(["b.txt": "one\n"]) { folder in
      let path = folder.appendingPathComponent("b.txt").path
      let (several, one) = (try PromptSet.read(paths: [path]), try PromptSet.read(path: path))
      #expect(several == one)
    }
  }

  @Test func filesOfTheSameNameAreRefused() throws {
    try folder(["a.txt": "one\n", "sub/a.csv": "prompt\ntwo\n"]) { folder in
      let paths = ["a.txt", "sub/a.csv"].map { folder.appendingPathComponent($0).path }
      let error = #expect(throws: PromptError.self) { try PromptSet.read(paths: paths) }
      #expect(
        error?.description == "\(paths[1]): the file has the same name as \(paths[0]), and ids "
          + "begin with the file's name where several are read; rename one or give it once.")
    }
  }
}
