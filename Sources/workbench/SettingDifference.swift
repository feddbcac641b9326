/// A setting in which a run that goes on differs from what its file was made with.
struct SettingDifference {
  var name: String
  var stored: String
  var given: String

  /// The first difference by name; a setting that one of them lacks is `none` there.
  init?(stored: [String: String], given: [String: String]) {
    let names = Set(stored.keys).union(given.keys).sorted()
    guard let name = names.first(where: { stored[$0] != given[$0] }) else { return nil }
    (self.name, self.stored, self.given) = (name, stored[name] ?? "none", given[name] ?? "none")
  }
}
