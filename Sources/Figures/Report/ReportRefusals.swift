import Numerics

/// Refusal rates as the page embeds them.
struct ReportRefusals: Encodable {
  struct Share: Encodable {
    let label: String
    let refused: Int
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
        shares: setting.shares.map { share in
          let interval = wilsonInterval(hits: share.refused, of: share.count)
          return Share(
            label: share.label, refused: share.refused, count: share.count,
            rate: Double(share.refused) / Double(share.count), low: interval.low,
            high: interval.high)
        })
    }
  }
}
