import Foundation
import Prompts

/// A subject of MMLU: the questions, and those that are shown as examples.
public struct MMLUSubject: Sendable, Hashable {
  /// As in the names of the files, such as `high_school_biology`.
  public var name: String
  /// From the file of `dev`.
  public var examples: [ChoiceQuestion]
  /// From the file of `test`.
  public var questions: [ChoiceQuestion]

  public init(name: String, examples: [ChoiceQuestion], questions: [ChoiceQuestion]) {
    self.name = name
    self.examples = examples
    self.questions = questions
  }

  /// Reads a folder in Hendrycks's layout: `dev/NAME_dev.csv` and `test/NAME_test.csv`.
  ///
  /// `names` nil takes every subject that has a file of `test`. Subjects come in alphabetical order.
  public static func read(
    folder: String, names: [String]? = nil
  ) throws(AnalysisError) -> [MMLUSubject] {
    let found = try Self.names(in: folder)
    if let unknown = names?.first(where: { !found.contains($0) }) {
      throw .capability(.noSubject(unknown, folder: folder, found: found))
    }
    return try Set(names ?? found).sorted().map { (name) throws(AnalysisError) in
      let dev = folder + "/dev/\(name)_dev.csv"
      guard FileManager.default.fileExists(atPath: dev) else {
        throw .capability(.noExamples(subject: name, path: dev))
      }
      do throws(PromptError) {
        return MMLUSubject(
          name: name, examples: try ChoiceQuestion.read(path: dev),
          questions: try ChoiceQuestion.read(path: folder + "/test/\(name)_test.csv"))
      } catch {
        throw .prompts(error)
      }
    }
  }

  private static func names(in folder: String) throws(AnalysisError) -> [String] {
    let suffix = "_test.csv"
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/test")) ?? []
    let names = files.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
    guard !names.isEmpty else { throw .capability(.noSubjects(folder: folder)) }
    return names.sorted()
  }
}
