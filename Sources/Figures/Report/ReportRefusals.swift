import Numerics

/// Refusal rates as the page embeds them.
struct ReportRefusals: Encodable {
  struct Share: Encodable {
    let label: String
    let refused: Int
    let broken: Int
    let count: Int
    let rate: Double
    let low: Double
    let high: Double
  }

  struct Setting: Encodable {
    let name: String
    let shares: [Share]
  }

  let labels: [String]
  let settings: [Setting]

  /// Nil where there is nothing to show.
  init?(_ rates: RefusalRates) {
    guard let first = rates.settings.first, !first.shares.isEmpty else { return nil }
    labels = first.shares.map(\.label)
    settings = rates.settings.map { setting in
      Setting(
        name: setting.name,
        shares: setting.shares.compactMap { share in
          EstimatedShare(share.refused, of: share.count).map { estimate in
            Share(
              label: share.label, refused: share.refused, broken: share.broken,
              count: share.count,
              rate: estimate.value, low: estimate.interval.low, high: estimate.interval.high)
          }
        })
    }
  }
}
