import Foundation

/// Pieces of a report.
enum Markdown {
  static func table(_ header: [String], _ rows: [[String]]) -> String {
    let rule = [String](repeating: "---", count: header.count)
    return ([header, rule] + rows)
      .map { "| " + $0.joined(separator: " | ") + " |" }
      .joined(separator: "\n")
  }

  static func section(_ title: String, _ text: String, _ table: String) -> String {
    """
    ### \(title)

    \(text)

    \(table)
    """
  }

  static func number(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  static func percent(_ share: Double) -> String { number(100 * share, 0) + "%" }

  /// A rate with the share of a peak that it is.
  static func rate(_ value: Double, _ digits: Int, of share: Double) -> String {
    "\(number(value, digits)) (\(percent(share)))"
  }
}
