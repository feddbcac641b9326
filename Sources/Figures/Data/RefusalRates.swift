/// How many prompts of each label were refused or got broken answers, setting by setting.
struct RefusalRates {
  /// What one label's prompts met under one setting.
  struct Share {
    let label: String
    let refused: Int
    let broken: Int
    let count: Int
  }

  /// One setting of the model, such as steered or not.
  struct Setting {
    let name: String
    let shares: [Share]
  }

  let settings: [Setting]

  init(_ steering: SteeringResult) {
    settings = [
      ("unsteered", steering.unsteeredCodes),
      ("steered, α = \(steering.alpha)", steering.steeredCodes),
    ].map { Self.setting($0, $1, labels: steering.labels) }
  }

  /// Nil where the sweep made no answers.
  init?(_ sweep: SweepResult) {
    guard let codes = sweep.answers.codes else { return nil }
    let unchanged = sweep.answers.baselineCodes.map { [("unchanged", $0)] } ?? []
    let changed = zip(sweep.settings, codes).map { (Self.name(of: $0), $1) }
    settings = (unchanged + changed).map {
      Self.setting($0, $1, labels: sweep.answers.labels)
    }
  }

  /// An intervention and where it was made, such as `steer α = −4, layers 9–12`.
  static func name(of setting: SweepResult.Setting) -> String {
    let noun = setting.firstLayer == setting.lastLayer ? "layer" : "layers"
    return "\(setting.name), \(noun) \(setting.window)"
  }

  private static func setting(_ name: String, _ codes: [Int], labels: [String]) -> Setting {
    let order = LabelStyle.order(of: labels)
    let own = Set(labels).sorted { order[$0, default: 0] < order[$1, default: 0] }
    return Setting(
      name: name,
      shares: own.map { label in
        let rows = labels.indices.filter { labels[$0] == label }
        return Share(
          label: label, refused: rows.count { codes[$0] == AnswerCodes.refused },
          broken: rows.count { codes[$0] == AnswerCodes.broken }, count: rows.count)
      })
  }
}
