import Foundation
import Prompts
import Testing

/// Reads bytes as the prompt file `some.prompts.SUFFIX`, or of another name.
func read(
  bytes: [UInt8], as suffix: String, named name: String = "some.prompts",
  _ options: PromptFileOptions = PromptFileOptions()
) throws -> PromptSet {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("prompts-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent("\(name).\(suffix)")
  try Data(bytes).write(to: file)
  return try PromptSet.read(path: file.path, options: options)
}

func read(
  _ text: String, as suffix: String, _ options: PromptFileOptions = PromptFileOptions()
) throws -> PromptSet {
  try read(bytes: Array(text.utf8), as: suffix, options)
}

/// Expects that reading fails with this problem at this place, in one sentence that names the file.
func expectFailure(
  _ problem: PromptError.Problem, at place: PromptError.Place, reading text: String,
  as suffix: String, _ options: PromptFileOptions = PromptFileOptions(),
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectFailure(
    problem, at: place, reading: Array(text.utf8), as: suffix, options,
    sourceLocation: sourceLocation)
}

func expectFailure(
  _ problem: PromptError.Problem, at place: PromptError.Place, reading bytes: [UInt8],
  as suffix: String, _ options: PromptFileOptions = PromptFileOptions(),
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let error = #expect(throws: PromptError.self, sourceLocation: sourceLocation) {
    try read(bytes: bytes, as: suffix, options)
  }
  guard let error else { return }
  #expect(error.problem == problem, sourceLocation: sourceLocation)
  #expect(error.place == place, sourceLocation: sourceLocation)
  #expect(error.description.contains("some.prompts.\(suffix)"), sourceLocation: sourceLocation)
  #expect(error.description.hasSuffix("."), sourceLocation: sourceLocation)
}

/// SplitMix64, so that a failing random test fails again.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
