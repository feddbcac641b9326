import ActivationStore
import ArgumentParser
import Foundation

/// Where the results of a command go that prints a table.
struct ResultOptions: ParsableArguments {
  @Flag(help: "Print JSON.")
  var json = false

  @Option(help: ArgumentHelp("Write everything to a CSV file too.", valueName: "file"))
  var csv: String?

  @Flag(
    name: .customLong("csv-for-spreadsheets"),
    help: ArgumentHelp(
      "Put an apostrophe before texts of the CSV file that Excel would compute.",
      discussion: "Without it texts are exact, as pandas should read them; a prompt or answer that "
        + "begins with =, +, - or @ is then a formula to a spreadsheet."))
  var isForSpreadsheets = false

  @Option(
    name: [.long, .customShort("o")],
    help: ArgumentHelp(
      "Write everything to an HDF5 file too; one that exists keeps what else it holds.",
      valueName: "file"))
  var output: String?

  @Flag(help: "Replace results that exist.")
  var force = false

  func validate() throws {
    for (flag, path) in [("--output", output), ("--csv", csv)] {
      if let path, path.isEmpty || path.hasSuffix("/") {
        throw ValidationError("\(flag) \"\(path)\" has no file name; give one.")
      }
    }
    guard csv != nil || !isForSpreadsheets else {
      throw ValidationError("--csv-for-spreadsheets needs --csv; give it a file, or drop it.")
    }
    guard csv == nil || csv != output else {
      throw ValidationError("--csv and --output name one file; give each its own.")
    }
  }

  /// Refuses, before any work is done, a group that the output has already.
  func expectRoom(for group: String) throws {
    guard let output, !force, FileManager.default.fileExists(atPath: output) else { return }
    if try ResultFile.contains(group, in: output) {
      throw StoreError.groupExists(path: output, group: group)
    }
  }

  /// The CSV file, if one is asked for; refuses one that would replace a file that the run reads.
  func openCSV(reading inputs: [String]) throws -> CSVFile? {
    guard let csv else { return nil }
    try expectOther(csv, than: inputs)
    return try CSVFile(path: csv, forSpreadsheets: isForSpreadsheets, overwrite: force)
  }
}
