import Analysis

extension SteeringTables {
  /// Prints every prompt with both answers, then how many refuse.
  func show() {
    printLine(headline)
    if let shares = rule.shareSummary { printLine(shares) }
    printLine(
      "KL(unsteered || steered) along the unsteered answers: \(decimals(divergence)) nats per token"
    )
    for answer in answers { show(answer) }
    guard answers.count > 1 else { return }
    printLine()
    let labels = Set(answers.map(\.label)).sorted()
    let rows = labels.flatMap { label in
      let these = answers.filter { $0.label == label }
      return [
        kindRow(label, "unsteered", these.map(\.unsteered.kind)),
        kindRow(label, "steered", these.map(\.steered.kind)),
      ]
    }
    printTable(
      ["label", "prompts", "answers", "refused", "answered", "broken"], rows,
      rightAligned: [1, 3, 4, 5])
  }

  /// The mean over prompts.
  var divergence: Double {
    answers.reduce(0) { $0 + $1.divergence } / Double(max(answers.count, 1))
  }

  private func kindRow(_ label: String, _ name: String, _ kinds: [AnswerKind]) -> [String] {
    let counts = AnswerKind.allCases.map { kind in kinds.count { $0 == kind } }
    return [label.isEmpty ? "no label" : label, "\(kinds.count)", name]
      + counts.map { share($0, of: kinds.count) }
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
    printLine("  \(name) (\(answer.verdict)\(end))")
    for line in answer.text.split(separator: "\n", omittingEmptySubsequences: true) {
      printLine("    \(line)")
    }
  }
}

extension JudgedAnswer {
  /// What the answer does, in a word or two.
  var verdict: String {
    switch (kind, defect) {
    case (.broken, .some(let defect)): "broken: \(defect.rawValue)"
    case (.refusal, _): "refuses"
    default: "answers"
    }
  }
}
