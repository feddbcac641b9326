import ActivationStore
import Numerics
import ResultSchemas

extension SafetyFindings {
  public static let groupName = EvaluationTableSchema.group

  /// The table as a group of a file; shares of nothing are NaN.
  public func group(model: StoredModel) -> ResultGroup {
    ResultGroup(
      name: Self.groupName, attributes: model.attributes,
      datasets: nameDatasets + rateDatasets + pairingDatasets + controlDatasets)
  }

  private var controlDatasets: [ResultDataset] {
    guard !controls.isEmpty else { return [] }
    let sizes: AxisSizes = ["control": controls.count, "column": groups.count]
    let bands = controls.flatMap(\.refusals)
    return [
      EvaluationTableSchema.control.column(.texts(controls.map(\.kind.rawValue))),
      EvaluationTableSchema.controlMethod.column(.texts(controls.map(\.method))),
      EvaluationTableSchema.controlCount.column(.integers(controls.map(\.count))),
      EvaluationTableSchema.controlRateLow.dataset(.doubles(bands.map(\.low)), sizes),
      EvaluationTableSchema.controlRateHigh.dataset(.doubles(bands.map(\.high)), sizes),
      EvaluationTableSchema.controlAverageLow.column(.doubles(controls.map(\.right.low))),
      EvaluationTableSchema.controlAverageHigh.column(.doubles(controls.map(\.right.high))),
    ]
  }

  private var sizes: AxisSizes {
    ["method": rows.count, "column": groups.count, "trial": seeds.count]
  }

  private var nameDatasets: [ResultDataset] {
    [
      EvaluationTableSchema.method.column(.texts(rows.map(\.method))),
      EvaluationTableSchema.columnSet.column(.texts(groups.map(\.set))),
      EvaluationTableSchema.columnLabel.column(.texts(groups.map(\.label.rawValue))),
      EvaluationTableSchema.trial.column(.integers(seeds.map { Int(truncatingIfNeeded: $0) })),
    ]
  }

  private var rateDatasets: [ResultDataset] {
    let (cells, broken) = (rows.flatMap(\.refusals), rows.flatMap(\.broken))
    return [
      EvaluationTableSchema.prompts.dataset(
        .integers(rows.first.map { $0.refusals.flatMap(\.wholes) } ?? []), sizes),
      EvaluationTableSchema.refusals.dataset(.integers(cells.flatMap(\.parts)), sizes),
      EvaluationTableSchema.broken.dataset(.integers(broken.flatMap(\.parts)), sizes),
    ] + shares(EvaluationTableSchema.rate, cells.flatMap(\.shares))
      + shares(EvaluationTableSchema.brokenRate, broken.flatMap(\.shares))
      + shares(EvaluationTableSchema.average, rows.flatMap(\.right.shares))
      + shares(EvaluationTableSchema.judgedAverage, rows.flatMap(\.judgedRight.shares))
  }

  /// Default stands beside itself, so that all rows have the same columns.
  private var pairingDatasets: [ResultDataset] {
    let same = Pairing(onlyDefault: 0, onlyMethod: 0, pValue: 1)
    let cells = rows.flatMap { row in
      row.pairings.isEmpty
        ? [Pairing](repeating: same, count: groups.count * seeds.count)
        : row.pairings.flatMap { $0 }
    }
    let all = rows.flatMap { row in
      row.pooledPairings.isEmpty
        ? [Pairing](repeating: same, count: seeds.count) : row.pooledPairings
    }
    return [
      EvaluationTableSchema.onlyDefault.dataset(.integers(cells.map(\.onlyDefault)), sizes),
      EvaluationTableSchema.onlyMethod.dataset(.integers(cells.map(\.onlyMethod)), sizes),
      EvaluationTableSchema.p.dataset(.doubles(cells.map(\.pValue)), sizes),
      EvaluationTableSchema.allOnlyDefault.dataset(.integers(all.map(\.onlyDefault)), sizes),
      EvaluationTableSchema.allOnlyMethod.dataset(.integers(all.map(\.onlyMethod)), sizes),
      EvaluationTableSchema.allP.dataset(.doubles(all.map(\.pValue)), sizes),
    ]
  }

  private func shares(
    _ schema: EvaluationTableSchema.Share, _ shares: [EstimatedShare?]
  ) -> [ResultDataset] {
    [
      schema.value.dataset(.doubles(shares.map { $0?.value ?? .nan }), sizes),
      schema.low.dataset(.doubles(shares.map { $0?.interval.low ?? .nan }), sizes),
      schema.high.dataset(.doubles(shares.map { $0?.interval.high ?? .nan }), sizes),
    ]
  }
}
