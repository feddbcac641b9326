/// The prompts with all that a file's analyses say about them, as the page embeds them.
struct ReportAnswers: Encodable {
  struct Prompt: Encodable {
    let id: String
    let label: String
    let text: String?
    var score: Double?
    /// What the classifier decided: +1 unsafe, -1 safe.
    var sigma: Int?
    /// The sign of the steering, the classifier's or given.
    var sign: Int?
    var unsteered: String?
    var steered: String?
    var unsteeredCode: Int?
    var steeredCode: Int?
    var baseline: String?
    var baselineCode: Int?
    var baselineLogOdds: Double?
    /// The prompt's place in the arrays of a sweep's settings.
    var sweepRow: Int?
  }

  /// What an intervention of a sweep made of the prompts.
  struct Setting: Encodable {
    let name: String
    let answers: [String]?
    /// `AnswerCodes`.
    let codes: [Int]?
    let logOdds: [Double?]
    let kl: [Double?]
  }

  private(set) var prompts: [Prompt] = []
  private(set) var settings: [Setting] = []

  /// Nil where no analysis is about prompts.
  init?(
    path: String, embedding: EmbeddingResult?, cosines: CosineResult?, sweep: SweepResult?,
    steering: SteeringResult?, texts: PromptTexts
  ) {
    var rows = Rows()
    if let steering { Self.add(steering, to: &rows) }
    if let sweep {
      Self.add(sweep.answers, to: &rows)
      settings = Self.settings(sweep)
    }
    if let cosines {
      for index in cosines.ids.indices {
        let id = cosines.ids[index]
        rows.change(id, cosines.labels[index], texts.text(of: id, in: path)) { prompt in
          prompt.score = known(cosines.scores[index])
          prompt.sigma = cosines.sigmas[index]
        }
      }
    }
    if let embedding {
      for index in embedding.ids.indices {
        rows.change(embedding.ids[index], embedding.labels[index], embedding.texts[index]) { _ in }
      }
    }
    guard !rows.prompts.isEmpty else { return nil }
    prompts = rows.prompts
  }

  private static func add(_ steering: SteeringResult, to rows: inout Rows) {
    for index in steering.ids.indices {
      rows.change(steering.ids[index], steering.labels[index], steering.texts[index]) { prompt in
        prompt.unsteered = steering.unsteered[index]
        prompt.steered = steering.steered[index]
        prompt.unsteeredCode = steering.unsteeredCodes[index]
        prompt.steeredCode = steering.steeredCodes[index]
        prompt.score = steering.scores.flatMap { known($0[index]) } ?? prompt.score
        // A sign that was given says nothing about the prompt.
        if steering.scores != nil { prompt.sigma = steering.sigmas[index] }
        prompt.sign = steering.sigmas[index]
      }
    }
  }

  private static func add(_ answers: SweepAnswers, to rows: inout Rows) {
    for index in answers.ids.indices {
      rows.change(answers.ids[index], answers.labels[index], answers.texts[index]) { prompt in
        prompt.baseline = answers.baselineAnswers?[index]
        prompt.baselineCode = answers.baselineCodes?[index]
        prompt.baselineLogOdds = answers.baselineLogOdds.flatMap { known($0[index]) }
        prompt.sweepRow = index
      }
    }
  }

  private static func settings(_ sweep: SweepResult) -> [Setting] {
    sweep.settings.indices.map { index in
      Setting(
        name: RefusalRates.name(of: sweep.settings[index]),
        answers: sweep.answers.answers?[index], codes: sweep.answers.codes?[index],
        logOdds: sweep.answers.logOdds[index].map { known($0) },
        kl: sweep.answers.kl[index].map { known($0) })
    }
  }

  /// Prompts in order of appearance, one for each id and text.
  private struct Rows {
    private(set) var prompts: [Prompt] = []
    private var places: [[String?]: Int] = [:]

    mutating func change(
      _ id: String, _ label: String, _ text: String?, _ change: (inout Prompt) -> Void
    ) {
      let key = [id, text]
      let place = places[key] ?? prompts.count
      if place == prompts.count {
        prompts.append(Prompt(id: id, label: label, text: text))
        places[key] = place
      }
      change(&prompts[place])
    }
  }
}
