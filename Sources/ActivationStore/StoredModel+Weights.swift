extension StoredModel {
  /// Scale and SHA-256 of each adapter, which is what counts of it, not its path.
  package var adapterContents: [Substring] {
    (adapters ?? "").split(separator: "\n").map { line in
      line.ranges(of: " scale ").last.map { line[$0.lowerBound...] } ?? line
    }
  }

  /// The adapters with their paths and scales, for messages.
  package var adapterLabel: String {
    guard let adapters else { return "no adapter" }
    let lines = adapters.split(separator: "\n").map { line in
      line.ranges(of: " sha256 ").last.map { line[..<$0.lowerBound] } ?? line
    }
    return "the adapter " + lines.joined(separator: " and ")
  }
}
