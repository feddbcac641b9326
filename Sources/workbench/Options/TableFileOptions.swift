import ArgumentParser

/// Where tables go besides the terminal.
struct TableFileOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write the tables as Markdown too.", valueName: "file"))
  var markdown: String?

  @Option(help: ArgumentHelp("Write the tables as LaTeX too.", valueName: "file"))
  var latex: String?

  func validate() throws {
    for (flag, path) in [("--markdown", markdown), ("--latex", latex)] {
      if let path, path.isEmpty || path.hasSuffix("/") {
        throw ValidationError("\(flag) \"\(path)\" has no file name; give one.")
      }
    }
    guard markdown == nil || markdown != latex else {
      throw ValidationError("--markdown and --latex name one file; give each its own.")
    }
  }

  /// The files, if asked for; refuses one that would replace a file that the run reads.
  func open(reading inputs: [String], overwrite: Bool) throws -> TableFiles {
    let named = [(markdown, TableMarkup.markdown), (latex, TableMarkup.latex)]
    return TableFiles(
      files: try named.compactMap { path, markup in
        try path.map { path in
          try expectOther(path, than: inputs)
          return (try OutputFile(path: path, overwrite: overwrite), markup)
        }
      })
  }
}

/// Files that tables are written to, each in its markup.
struct TableFiles {
  fileprivate let files: [(OutputFile, TableMarkup)]

  func write(_ tables: [TitledTable]) throws {
    for (file, markup) in files { try file.write(markup.text(of: tables)) }
  }
}
