import Foundation

/// Who made a file or a group of it, recorded there.
public struct Provenance: Sendable {
  public var toolVersion: String
  public var commandLine: String
  public var created: Date

  public init(toolVersion: String, commandLine: String, created: Date) {
    self.toolVersion = toolVersion
    self.commandLine = commandLine
    self.created = created
  }
}
