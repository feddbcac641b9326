import Analysis

extension SteeringTables {
  /// Prints every prompt with both answers, then how many refuse.
  func show() {
    printLine(headline)
    for answer in answers { show(answer) }
    guard answers.count > 1 else { return }
    printLine("\nrefusals")
    let labels = Set(answers.map(\.label)).sorted()
    printTable(
      ["label", "prompts", "unsteered", "steered"],
      labels.map { label in
        let these = answers.filter { $0.label == label }
        return [
          label.isEmpty ? "no label" : label, "\(these.count)",
          share(these.count(where: \.unsteered.isRefusal), of: these.count),
          share(these.count(where: \.steered.isRefusal), of: these.count),
        ]
      }, rightAligned: [1, 2, 3])
  }

  private var headline: String {
    "\(model.name), layers \(LayerWindow.listed(rule.addition.layers)) steered from the query end on, "
      + rule.summary
  }

  private func show(_ answer: SteeredAnswer) {
    let score = answer.score.map { "s_q \(decimals($0)), " } ?? ""
    let label = answer.label.isEmpty ? "" : " [\(onOneLine(answer.label))]"
    printLine("\n\(onOneLine(answer.id))\(label)  \(answer.prompt)")
    printLine("  \(score)sigma \(answer.sigma > 0 ? "+1" : "-1")")
    show("unsteered", answer.unsteered)
    show("steered", answer.steered)
  }

  private func show(_ name: String, _ answer: JudgedAnswer) {
    let end = answer.end == .length ? ", cut at \(answer.tokenCount) tokens" : ""
    printLine("  \(name) (\(answer.isRefusal ? "refuses" : "complies")\(end))")
    for line in answer.text.split(separator: "\n", omittingEmptySubsequences: true) {
      printLine("    \(line)")
    }
  }
}
