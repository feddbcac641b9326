import ActivationStore
import Foundation

/// The folder that a study is kept in, and what was done of it.
struct StudyFolder {
  private struct Record: Codable {
    struct Step: Codable {
      var name: String
      var arguments: [String]
    }

    var modelSHA256: String
    /// Of all prompts and texts.
    var dataSHA256: String
    var done: [Step] = []
    var choice: StudyChoice?
  }

  let path: String
  private let overwrite: Bool
  private var record: Record

  private static let recordName = "study.json"
  private var recordPath: String { path + "/" + Self.recordName }

  /// Opens or makes the folder; refuses one that holds something else, unless it may be overwritten.
  init(path: String, modelSHA256: String, dataSHA256: String, overwrite: Bool) throws {
    self.path = path
    self.overwrite = overwrite
    record = Record(modelSHA256: modelSHA256, dataSHA256: dataSHA256)
    let exists = FileManager.default.fileExists(atPath: path)
    if exists, !overwrite {
      if FileManager.default.fileExists(atPath: recordPath) {
        guard let data = FileManager.default.contents(atPath: recordPath),
          let found = try? JSONDecoder().decode(Record.self, from: data)
        else { throw StudyError.unreadable(path: recordPath) }
        for (name, stored, given) in [
          ("model", found.modelSHA256, modelSHA256),
          ("set of data", found.dataSHA256, dataSHA256),
        ] where stored != given {
          throw StudyError.otherInput(
            folder: path, name: name, stored: String(stored.prefix(12)),
            given: String(given.prefix(12)))
        }
        record = found
      } else if try !FileManager.default.contentsOfDirectory(atPath: path).isEmpty {
        throw StudyError.notAStudy(folder: path)
      }
    }
  }

  var choice: StudyChoice? { record.choice }

  /// Whether a step was done as it is asked for; refuses one that was done otherwise.
  func isDone(_ step: StudyStep) throws -> Bool {
    guard let done = record.done.first(where: { $0.name == step.name }) else { return false }
    guard done.arguments == step.arguments else {
      func text(_ arguments: [String]) -> String {
        arguments.map(CommandText.quoted).joined(separator: " ")
      }
      throw StudyError.otherStudy(
        folder: path, step: step.name, stored: "'\(text(done.arguments))'",
        given: "'\(text(step.arguments))'")
    }
    return true
  }

  /// Writes the prompts that later steps read; `evaluations` are files that steps go on with, which a
  /// study that begins anew does not.
  mutating func begin(_ data: StudyData, evaluations: [String]) throws {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true)
    for file in evaluations where overwrite && FileManager.default.fileExists(atPath: file) {
      try FileManager.default.removeItem(atPath: file)
    }
    if let text = data.excerptText {
      try OutputFile(path: path + "/" + StudyData.excerpt, overwrite: true).write(text)
    }
    for (name, rows) in data.files {
      let csv = try CSVFile(path: path + "/" + name, forSpreadsheets: false, overwrite: true)
      try csv.write(rows[0], Array(rows.dropFirst()))
    }
    try keep()
  }

  mutating func note(_ choice: StudyChoice) throws {
    record.choice = choice
    try keep()
  }

  /// Runs a step's command as a child, whose results go to a file of the step's name.
  mutating func run(_ step: StudyStep) throws {
    let output = path + "/" + step.name + ".txt"
    let process = Process()
    process.executableURL = Self.program
    process.arguments = step.arguments
    guard FileManager.default.createFile(atPath: output, contents: nil),
      let file = FileHandle(forWritingAtPath: output)
    else {
      throw StudyError.failed(step: step.name, folder: path)
    }
    process.standardOutput = file
    try process.run()
    while process.isRunning {
      // Ctrl-C reaches the child by itself; a signal to this process alone does not.
      if Interruption.isRequested { process.terminate() }
      usleep(100_000)
    }
    try file.close()
    guard !Interruption.isRequested else { throw Interrupted() }
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw StudyError.failed(step: step.name, folder: path)
    }
    record.done.append(Record.Step(name: step.name, arguments: step.arguments))
    try keep()
  }

  private func keep() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(record), as: UTF8.self) + "\n"
    try OutputFile(path: recordPath, overwrite: true).write(text)
  }

  private static var program: URL {
    #if os(Linux)
      URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    #else
      Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    #endif
  }

  /// A signal asked to stop.
  struct Interrupted: Error {}
}
