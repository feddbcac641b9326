import Testing

extension Workplace {
  /// Runs `workbench` and expects it to fail with exactly `sentence` and to leave no trace.
  func expectRefusal(
    of arguments: [String], _ sentence: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let error = try failure(of: arguments, status: 1, sourceLocation: sourceLocation)
    #expect(error == "Error: \(sentence)\n", sourceLocation: sourceLocation)
  }

  /// As `expectRefusal`, for `dump-activations`.
  func expectDumpRefusal(
    with arguments: [String] = [], model: String = "tiny.gguf", prompts: String = "prompts.txt",
    output: String = "out.h5", _ sentence: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try expectRefusal(
      of: Self.dumpArguments(arguments, model: model, prompts: prompts, output: output), sentence,
      sourceLocation: sourceLocation)
  }

  /// Expects an error in the command line itself: the sentence, then a reminder of the usage.
  func expectUsageError(
    of arguments: [String], _ sentence: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let error = try failure(of: arguments, status: 64, sourceLocation: sourceLocation)
    #expect(error.hasPrefix("Error: \(sentence)"), sourceLocation: sourceLocation)
    #expect(error.contains("\nUsage: workbench dump-activations "), sourceLocation: sourceLocation)
  }

  /// What stderr said of a run that failed, said nothing on stdout and changed no file.
  func failure(
    of arguments: [String], status: Int32, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let before = try names
    let output = try run(arguments)
    #expect(!output.wasKilled, "killed by signal \(output.status)", sourceLocation: sourceLocation)
    #expect(output.status == status, sourceLocation: sourceLocation)
    #expect(output.stdout == "", sourceLocation: sourceLocation)
    #expect(!output.stderr.contains("\u{1B}"), sourceLocation: sourceLocation)
    #expect(try names == before, sourceLocation: sourceLocation)
    return output.stderr
  }
}

extension Output {
  /// Expects that the run went well and that stderr has no escape sequences.
  func expectSuccess(sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(status == 0 && !wasKilled, "\(stderr)", sourceLocation: sourceLocation)
    #expect(!stderr.contains("\u{1B}"), sourceLocation: sourceLocation)
    #expect(!stderr.contains("Error"), sourceLocation: sourceLocation)
  }
}
