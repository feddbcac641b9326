import ArgumentParser
import Foundation

/// How many threads work.
struct ThreadOptions: ParsableArguments {
  /// All cores.
  static var most: Int { ProcessInfo.processInfo.activeProcessorCount }

  @Option(help: ArgumentHelp("Worker threads; all cores when absent.", valueName: "count"))
  var threads: Int?

  var count: Int { threads ?? Self.most }

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads); give a count from 1 to 1024.")
    }
  }
}
