import Analysis
import Numerics

extension EvaluationTables {
  static let csvHeader = [
    "set", "id", "label", "prompt", "method", "seed", "sign", "control", "score", "sigma", "answer",
    "refused", "defect", "kl",
  ]

  /// A row for every answer that is stored; SCANS's are those whose sign is sigma.
  var csvRows: [[String]] {
    let decisions = findings.decisions.map { decisions in
      Dictionary(uniqueKeysWithValues: decisions.prompts.map { ($0.index, $0) })
    }
    return evaluation.columns.enumerated().flatMap { place, column in
      evaluation.prompts.indices.compactMap { index -> [String]? in
        guard let answer = evaluation.answers[place][index] else { return nil }
        let prompt = evaluation.prompts[index]
        let decision = column.trial.flatMap { decisions[$0][index] }
        return [
          prompt.set, prompt.id, prompt.label.rawValue, prompt.text, column.method,
          column.trial.map { "\(findings.seeds[$0])" } ?? "", "\(column.sign)",
          column.control.map { "\($0)" } ?? "",
          decision.map { "\($0.score)" } ?? "", decision.map { "\($0.sigma)" } ?? "", answer.text,
          answer.isRefusal ? "1" : "0", answer.defectName,
          evaluation.divergences[place][index].map { "\($0)" } ?? "",
        ]
      }
    }
  }

  var json: EvaluationJSON {
    EvaluationJSON(
      model: model.name, seeds: findings.seeds, warnings: evaluation.warnings,
      groups: findings.groups.map {
        EvaluationJSON.Group(set: $0.set, label: $0.label)
      },
      methods: findings.rows.map { row in
        EvaluationJSON.Method(
          method: row.method, refused: row.refusals.map(EvaluationJSON.Rate.init),
          answered: row.answered.map(EvaluationJSON.Rate.init),
          broken: row.broken.map(EvaluationJSON.Rate.init),
          average: EvaluationJSON.Rate(row.right),
          judgedAverage: EvaluationJSON.Rate(row.judgedRight), mcnemar: row.pairings,
          pooledMcnemar: row.pooledPairings, effect: row.effect)
      },
      classifier: findings.classifier.map { figures in
        EvaluationJSON.Classifier(
          set: figures.set, seed: findings.seeds[figures.trial], threshold: figures.threshold,
          layers: figures.layers, counts: figures.counts, precision: figures.counts.precision,
          recall: figures.counts.recall, f1: figures.counts.f1, auprc: figures.trapezoidAUPRC,
          rocAUC: figures.rocAUC)
      },
      controls: findings.controls,
      published: published?.rows.map { row in
        EvaluationJSON.Published(
          method: row.method, refusedPercent: findings.groups.map { row.rate(of: $0) },
          averagePercent: row.average)
      })
  }
}

/// The tables as JSON; lists of a method are in the order of `groups`, inner ones in that of `seeds`.
struct EvaluationJSON: Encodable {
  struct Group: Encodable {
    let set: String
    let label: SafetyLabel
  }

  struct Rate: Encodable {
    let parts: [Int]
    let wholes: [Int]
    let shares: [EstimatedShare?]
    let summary: MeanDeviation?

    init(_ counts: SafetyFindings.Counts) {
      parts = counts.parts
      wholes = counts.wholes
      shares = counts.shares
      summary = counts.summary
    }
  }

  struct Method: Encodable {
    let method: String
    let refused: [Rate]
    let answered: [Rate]
    let broken: [Rate]
    /// Broken answers are wrong.
    let average: Rate
    /// As the paper counts.
    let judgedAverage: Rate
    let mcnemar: [[SafetyFindings.Pairing]]
    let pooledMcnemar: [SafetyFindings.Pairing]
    let effect: SafetyFindings.Effect?
  }

  struct Classifier: Encodable {
    /// nil for all sets together.
    let set: String?
    let seed: UInt64
    let threshold: Double
    let layers: [Int]
    let counts: DecisionCounts
    let precision: Double?
    let recall: Double?
    let f1: Double?
    let auprc: Double?
    let rocAUC: Double?
  }

  struct Published: Encodable {
    let method: String
    let refusedPercent: [Double?]
    let averagePercent: Double
  }

  let model: String
  let seeds: [UInt64]
  let warnings: [String]
  let groups: [Group]
  let methods: [Method]
  let classifier: [Classifier]
  let controls: [SafetyControl]
  let published: [Published]?
}
