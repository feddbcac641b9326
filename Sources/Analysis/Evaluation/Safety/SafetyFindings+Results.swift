import ActivationStore
import Numerics

/// The group `evaluation_table` of a results file: the tables of a run, read with its own threshold.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `method`, `trial` | method; trial | UTF-8; int64 | rows, and the seeds of the trials' anchors |
/// | `column_set`, `column_label` | column | UTF-8 | a set, and `safe` or `unsafe` |
/// | `prompts` | column, trial | int64 | prompts that are reported on |
/// | `refusals` | method, column, trial | int64 | answers that refuse |
/// | `rate`, `rate_low`, `rate_high` | method, column, trial | float64 | with 95% intervals (Wilson) |
/// | `average`, `average_low`, `average_high` | method, trial | float64 | (answered safe + refused unsafe) / all |
/// | `only_default`, `only_method`, `p` | method, column, trial | int64, float64 | treated right by one alone; McNemar's exact p |
/// | `all_only_default`, `all_only_method`, `all_p` | method, trial | int64, float64 | the same over all prompts |
extension SafetyFindings {
  public static let groupName = "evaluation_table"

  /// The table as a group of a file; shares of nothing are NaN.
  public func group(model: StoredModel) -> ResultGroup {
    ResultGroup(
      name: Self.groupName, attributes: model.attributes,
      datasets: nameDatasets + rateDatasets + pairingDatasets)
  }

  private var nameDatasets: [ResultDataset] {
    func names(_ name: String, _ axis: String, _ values: [String]) -> ResultDataset {
      ResultDataset(name: name, axes: [axis], shape: [values.count], values: .texts(values))
    }
    return [
      names("method", "method", rows.map(\.method)),
      names("column_set", "column", groups.map(\.set)),
      names("column_label", "column", groups.map(\.label.rawValue)),
      ResultDataset(
        name: "trial", axes: ["trial"], shape: [seeds.count],
        values: .integers(seeds.map { Int(truncatingIfNeeded: $0) })),
    ]
  }

  private var rateDatasets: [ResultDataset] {
    let cells = rows.flatMap(\.refusals)
    return [
      ResultDataset(
        name: "prompts", axes: ["column", "trial"], shape: [groups.count, seeds.count],
        values: .integers(rows.first.map { $0.refusals.flatMap(\.wholes) } ?? [])),
      table("refusals", .integers(cells.flatMap(\.parts))),
    ] + shares("rate", cells.flatMap(\.shares), table)
      + shares("average", rows.flatMap(\.right.shares), pooled)
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
      table("only_default", .integers(cells.map(\.onlyDefault))),
      table("only_method", .integers(cells.map(\.onlyMethod))),
      table("p", .doubles(cells.map(\.pValue))),
      pooled("all_only_default", .integers(all.map(\.onlyDefault))),
      pooled("all_only_method", .integers(all.map(\.onlyMethod))),
      pooled("all_p", .doubles(all.map(\.pValue))),
    ]
  }

  private func shares(
    _ name: String, _ shares: [EstimatedShare?],
    _ dataset: (String, ResultDataset.Values) -> ResultDataset
  ) -> [ResultDataset] {
    [
      dataset(name, .doubles(shares.map { $0?.value ?? .nan })),
      dataset("\(name)_low", .doubles(shares.map { $0?.interval.low ?? .nan })),
      dataset("\(name)_high", .doubles(shares.map { $0?.interval.high ?? .nan })),
    ]
  }

  private func table(_ name: String, _ values: ResultDataset.Values) -> ResultDataset {
    ResultDataset(
      name: name, axes: ["method", "column", "trial"],
      shape: [rows.count, groups.count, seeds.count], values: values)
  }

  private func pooled(_ name: String, _ values: ResultDataset.Values) -> ResultDataset {
    ResultDataset(
      name: name, axes: ["method", "trial"], shape: [rows.count, seeds.count], values: values)
  }
}
