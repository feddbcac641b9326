import Foundation

/// When a file counts as made: now, or the time that `SOURCE_DATE_EPOCH` names.
///
/// With that variable set (reproducible-builds.org's convention, seconds since 1970), two runs of
/// one command write the same bytes.
func creationDate(started: Date) -> Date {
  let epoch = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"].flatMap(TimeInterval.init)
  return epoch.map(Date.init(timeIntervalSince1970:)) ?? started
}
