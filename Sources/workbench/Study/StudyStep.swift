/// A part of a study: one command of the workbench.
struct StudyStep {
  let name: String
  /// What it finds, in a few words.
  let purpose: String
  /// Of `workbench`.
  let arguments: [String]
  /// Tokens that the model reads or writes, about.
  let tokens: Int
}

/// The strength and the classifier that a study's later steps use.
struct StudyChoice: Codable, Equatable {
  var alpha: String
  var classifier: String
}

/// The steps of a study, in order.
struct StudyPlan {
  /// Strengths that are tried, as shares of the residual stream's length.
  static let alphas = ["0.03n", "0.06n", "0.1n"]

  let model: [String]
  let data: StudyData
  let folder: String
  /// Reported prompts of a set at most, and tokens of an answer.
  let (promptCount, answerTokens): (Int, Int)

  private static let (results, states) = ("run.h5", "states.h5")
  /// Tokens of a prompt in its template after sharing, about.
  private static let promptTokens = 12
  /// Prompts of the sweep, tokens of its answers, and sets of random directions.
  private static let (sweepPrompts, sweepTokens, controls) = (40, 24, 2)
  private static let perplexityTokens = 4096
  private static let (speedRounds, speedTokens) = (3, 32)

  private func path(_ name: String) -> String { folder + "/" + name }

  /// Of a reported set: the study's own sets lie in its folder.
  private func path(of set: StudyData.Reported) -> String {
    data.isOwn ? path(set.path) : set.path
  }

  private var limited: [(set: StudyData.Reported, count: Int)] {
    data.reported.map { ($0, min($0.count, promptCount)) }
  }

  /// What comes before the choice.
  var firstSteps: [StudyStep] {
    let mixed = min(data.mixed.count, promptCount)
    return [
      StudyStep(
        name: "vectors",
        purpose: "refusal directions, d_harm and probes of \(data.anchorCount) prompts",
        arguments: ["vectors", "make"] + model
          + ["--prompts", path(StudyData.anchors), "--output", path(Self.results), "--force"],
        tokens: data.anchorCount * Self.promptTokens),
      StudyStep(
        name: "lens", purpose: "what the directions say",
        arguments: ["logit-lens", path(Self.results)] + model
          + ["--of", "vectors", "--top", "10", "--output", path(Self.results), "--force"],
        tokens: 200),
      StudyStep(
        name: "states", purpose: "hidden states of \(mixed) prompts of \(data.mixed.name)",
        arguments: ["dump-activations"] + model
          + ["--prompts", path(of: data.mixed), "--limit", "\(mixed)", "--response", "Sure"]
          + ["--positions", "query-end,last", "--output", path(Self.states), "--force"],
        tokens: mixed * Self.promptTokens),
      StudyStep(
        name: "classify", purpose: "how SCANS's classifier tells them apart, layer by layer",
        arguments: ["classify", path(Self.states), "--vectors", path(Self.results)]
          + ["--output", path(Self.results), "--force"], tokens: 0),
      StudyStep(
        name: "tsne", purpose: "how they lie, layer by layer",
        arguments: ["tsne", path(Self.states), "--perplexity", "\(min(30, (mixed - 1) / 3))"]
          + ["--output", path(Self.results), "--force"], tokens: 0),
    ]
      + Self.alphas.map { alpha in
        StudyStep(
          name: "choose-\(alpha)",
          purpose: "strength \(alpha) on \(data.choiceCount) prompts that are not reported on",
          arguments: ["eval", "run"] + model
            + ["--set", "choice=\(path(StudyData.choice))", "--vectors", path(Self.results)]
            + ["--method", "scans-repo", "--alpha", alpha]
            + ["--max-new-tokens", "\(Self.sweepTokens)", "--output", evaluation(of: alpha)],
          tokens: data.choiceCount * (2 * Self.promptTokens + 3 * Self.sweepTokens))
      }
  }

  /// The file of the evaluation that a strength is chosen by.
  func evaluation(of alpha: String) -> String { path("choice-\(alpha).h5") }

  var results: String { path(Self.results) }

  /// What comes after it.
  func lastSteps(_ choice: StudyChoice) -> [StudyStep] {
    [sweep(choice), evaluation(choice)] + capabilities(choice) + [
      StudyStep(
        name: "tables", purpose: "the same beside what the paper has of its models",
        arguments: ["eval", "show", path(Self.results), "--compare", "paper"]
          + ["--latex", path("tables.tex"), "--markdown", path("tables.md"), "--force"],
        tokens: 0),
      StudyStep(
        name: "report", purpose: "all of it on one page",
        arguments: ["report", path(Self.results), path(Self.states)]
          + ["--output", path("report.html"), "--force"], tokens: 0),
      StudyStep(
        name: "notebook", purpose: "all of it in a notebook",
        arguments: ["report", path(Self.results)]
          + ["--notebook", path("study.ipynb"), "--force"], tokens: 0),
    ]
  }

  private func sweep(_ choice: StudyChoice) -> StudyStep {
    let prompts = min(Self.sweepPrompts, data.choiceCount)
    let points = 1 + 6 * (1 + Self.controls)
    // A token of English is some four characters.
    let text = (data.excerptText?.count ?? 0) / 4 * points
    return StudyStep(
      name: "ablate", purpose: "former, middle and latter layers, steered both ways",
      arguments: ["ablate"] + model
        + ["--prompts", path(StudyData.choice), "--limit", "\(prompts)"]
        + ["--vectors", path(Self.results), "--windows", "former,middle,latter"]
        + ["--alpha", choice.alpha, "--answers", "\(Self.sweepTokens)"]
        + ["--control", "random=\(Self.controls)"]
        + (data.excerptText == nil ? [] : ["--perplexity-text", path(StudyData.excerpt)])
        + ["--output", path(Self.results)],
      tokens: points * prompts * (Self.sweepTokens + 3) + text)
  }

  private func evaluation(_ choice: StudyChoice) -> StudyStep {
    let prompts = limited.reduce(0) { $0 + $1.count }
    // Default, a prompt, Self-CD with two contexts, both signs, and random directions under one.
    let answers = 1 + 1 + 2 + 2 + Self.controls
    return StudyStep(
      name: "eval", purpose: "\(prompts) prompts answered by all methods",
      arguments: ["eval", "run"] + model
        + limited.flatMap { ["--set", "\($0.set.name)=\(path(of: $0.set))"] }
        + limited.flatMap { ["--limit", "\($0.set.name)=\($0.count)"] }
        + ["--vectors", path(Self.results), "--alpha", choice.alpha]
        + ["--classifier", choice.classifier, "--method", "prompt-helpful"]
        + ["--method", "self-cd", "--method", "scans-repo"]
        + ["--control", "random=\(Self.controls)", "--max-new-tokens", "\(answerTokens)"]
        + ["--output", path(Self.results)],
      tokens: prompts * answers * (answerTokens + Self.promptTokens / 2))
  }

  private func capabilities(_ choice: StudyChoice) -> [StudyStep] {
    let steering =
      ["--steer", path(Self.results), "--alpha", choice.alpha, "--classifier", choice.classifier]
    func output(_ name: String) -> [String] {
      ["--output", path(Self.results), "--markdown", path("\(name).md"), "--force"]
    }
    var steps = [
      StudyStep(
        name: "speed", purpose: "tokens a second and memory, without and with steering",
        arguments: ["eval", "speed"] + model + ["--prompts", path(StudyData.choice)] + steering
          + ["--rounds", "\(Self.speedRounds)", "--max-new-tokens", "\(Self.speedTokens)"]
          + output("speed"),
        tokens: Self.speedRounds * 2 * (Self.speedTokens + 3 * Self.promptTokens))
    ]
    if let text = data.wikiText {
      steps.append(
        StudyStep(
          name: "perplexity",
          purpose: "WikiText-2 as the paper reads it, without and with steering",
          arguments: ["eval", "perplexity", text] + model + steering
            + ["--format", "chat", "--max-tokens", "\(Self.perplexityTokens)"]
            + output("perplexity"), tokens: 3 * Self.perplexityTokens))
    }
    if let folder = data.mmlu {
      steps.append(
        StudyStep(
          name: "mmlu", purpose: "MMLU, without and with steering",
          arguments: ["eval", "mmlu", folder] + model + steering + ["--shots", "0"]
            + output("mmlu"), tokens: 100_000))
    }
    if let file = data.summaries {
      steps.append(
        StudyStep(
          name: "summaries", purpose: "20 summaries, without and with steering",
          arguments: ["eval", "summaries", file] + model + steering + ["--limit", "20"]
            + output("summaries"), tokens: 20 * 2 * 600))
    }
    return steps
  }
}
