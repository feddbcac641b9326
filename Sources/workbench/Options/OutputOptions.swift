import ArgumentParser
import Foundation

/// Where results go.
struct OutputOptions: ParsableArguments {
  @Option(name: [.long, .customShort("o")], help: "The HDF5 file to write.")
  var output: String

  @Flag(help: "Replace the output if it exists.")
  var force = false

  func validate() throws {
    guard !output.isEmpty, !output.hasSuffix("/") else {
      throw ValidationError("--output \"\(output)\" has no file name; give one, e.g. states.h5.")
    }
  }

  /// Refuses an output that would take the place of a file that the run reads.
  func expectOther(than inputs: [String]) throws {
    try workbench.expectOther(output, than: inputs)
  }
}

/// Refuses an output that would take the place of a file that the run reads.
func expectOther(_ output: String, than inputs: [String]) throws {
  if let input = inputs.first(where: { resolved($0) == resolved(output) }) {
    throw OutputReplacesInput(path: input)
  }
}

private func resolved(_ path: String) -> String {
  URL(fileURLWithPath: path).resolvingSymlinksInPath().path
}

/// The output's name is that of a file that the run reads.
private struct OutputReplacesInput: Error, CustomStringConvertible {
  let path: String

  var description: String {
    "the output would replace \(path), which the run reads; give it another name"
  }
}
