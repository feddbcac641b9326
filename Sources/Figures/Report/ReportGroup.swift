import ActivationStore
import Foundation

/// How a group was made.
struct ReportGroup: Encodable {
  let name: String
  let model: String?
  let commandLine: String
  let toolVersion: String
  let created: String
  /// Names and values of the group's attributes, by name.
  let settings: [[String]]

  /// The activations' origin, where the file holds some, then the groups by name.
  static func all(of run: RunFile) throws(FigureError) -> [ReportGroup] {
    let dump = run.header.map { [ReportGroup($0, model: run.headerModel)] } ?? []
    return dump
      + (try run.groups.map { name throws(FigureError) in
        let fields = try run.fields(name)
        let provenance = try run.provenance(of: name)
        return ReportGroup(
          name: name, model: try run.model(of: fields), commandLine: provenance.commandLine,
          toolVersion: provenance.toolVersion, created: provenance.created.formatted(.iso8601),
          settings: fields.group.attributes.sorted { $0.key < $1.key }
            .map { [$0.key, shown($0.value)] })
      })
  }

  private static func shown(_ value: ResultValue) -> String {
    switch value {
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    }
  }
}

extension ReportGroup {
  /// The dump that the analyses read.
  private init(_ header: StoreHeader, model: String?) {
    name = "activations"
    self.model = model
    commandLine = header.commandLine
    toolVersion = header.toolVersion
    created = header.created.formatted(.iso8601)
    settings = [
      ["dtype", header.dtype.rawValue], ["model_path", header.model.path],
      ["model_sha256", header.model.sha256], ["precision", header.precision],
      ["seed", "\(header.seed)"], ["threads", "\(header.threads)"],
    ]
  }
}
