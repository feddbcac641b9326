extension PromptSet {
  /// Reads several prompt files one after another, each as `read(path:options:)` does.
  ///
  /// A single file keeps its ids. Of several, every id becomes `NAME:ID`, where NAME is the file's
  /// name without folder and extension, so ids stay unique; files of the same name are refused.
  /// The limit counts in every file.
  public static func read(
    paths: [String], options: PromptFileOptions = PromptFileOptions()
  ) throws(PromptError) -> PromptSet {
    guard paths.count != 1 else { return try read(path: paths[0], options: options) }
    var prompts: [Prompt] = []
    var names: [String] = []
    var pathsByName: [String: String] = [:]
    for path in paths {
      let set = try read(path: path, options: options)
      if let other = pathsByName.updateValue(path, forKey: set.name) {
        throw PromptError(source: path, place: .whole, problem: .sameFileName(other: other))
      }
      names.append(set.name)
      prompts += set.prompts.map { prompt in
        Prompt(id: "\(set.name):\(prompt.id)", text: prompt.text, label: prompt.label)
      }
    }
    return PromptSet(name: names.joined(separator: "+"), prompts: prompts)
  }
}
