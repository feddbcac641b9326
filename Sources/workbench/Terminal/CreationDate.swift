import Foundation

/// When files of this run count as made: when it began, or the time that `SOURCE_DATE_EPOCH` names.
///
/// With that variable set (reproducible-builds.org's convention, seconds since 1970), two runs of
/// one command write the same bytes.
enum CreationDate {
  private static let variable = "SOURCE_DATE_EPOCH"
  private static var text: String? { ProcessInfo.processInfo.environment[variable] }
  /// The last second of the year 9999: later ones do not fit into the form that files have.
  private static let most = 253_402_300_799

  static func of(started: Date) -> Date {
    text.flatMap(Int.init).map { Date(timeIntervalSince1970: TimeInterval($0)) } ?? started
  }

  /// Refuses a variable that names no time, before it could be passed over.
  static func expectUsable() throws(UnusableDate) {
    guard let text else { return }
    guard let seconds = Int(text), (0...most).contains(seconds) else {
      throw UnusableDate(text: text)
    }
  }
}

/// `SOURCE_DATE_EPOCH` is set to something else than a time.
struct UnusableDate: Error, CustomStringConvertible {
  let text: String

  var description: String {
    "the variable SOURCE_DATE_EPOCH is \"\(text.prefix(100))\"; set it to seconds since 1970, such as "
      + "1767225600, or unset it"
  }
}
