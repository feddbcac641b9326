import Foundation

/// A number with four decimals, enough to compare and few enough to read, or with as many as given.
func decimals(_ number: Double, _ places: Int = 4) -> String {
  String(format: "%.\(places)f", number)
}

/// A number as short as it can be written: `4`, `3.5`.
func number(_ number: Double) -> String { String(format: "%g", number) }

/// A count as a share of a whole: `12 (40.0%)`.
func share(_ count: Int, of whole: Int) -> String {
  "\(count) (\(percent(Double(count) / Double(whole))))"
}

/// A share of 1 in percent with one decimal.
func percent(_ share: Double) -> String { decimals(100 * share, 1) + "%" }

/// A time for people: `0.42 s`, `12.3 s`, `5 min 07 s`, `3 h 05 min`.
func duration(_ seconds: Double) -> String {
  let whole = Int(seconds.rounded())
  func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
  if seconds < 1 { return String(format: "%.2f s", seconds) }
  if seconds < 60 { return String(format: "%.1f s", seconds) }
  if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60)) s" }
  return "\(whole / 3600) h \(padded(whole % 3600 / 60)) min"
}

/// A size for people, in powers of 1024: `812 B`, `93.4 MiB`.
func size(_ bytes: Int) -> String {
  let units = ["KiB", "MiB", "GiB", "TiB"]
  guard bytes >= 1024 else { return "\(bytes) B" }
  var value = Double(bytes) / 1024
  var unit = 0
  while value >= 1024, unit < units.count - 1 {
    value /= 1024
    unit += 1
  }
  return String(format: "%.1f ", value) + units[unit]
}

/// A count with its noun: `1 layer`, `2 layers`.
func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}
