import Foundation
import SteeringEngine

/// Where and with what the numbers were measured.
struct Machine: Encodable, Sendable {
  let cpu: String
  let cores: Int
  /// The families of instruction sets that it has, and the one that the engine uses.
  let instructionSets: [String]
  let instructionSetInUse: String
  let memoryGiB: Double
  let system: String
  let loadAverage: String
  let commit: String
  let threads: Int
  let date: String
  let command: String

  init(threads: Int, instructionSetInUse: InstructionSet) {
    let process = ProcessInfo.processInfo
    cpu = Self.cpuFacts()["model name"] ?? "unknown"
    cores = process.activeProcessorCount
    instructionSets = InstructionSet.available.map(\.rawValue)
    self.instructionSetInUse = instructionSetInUse.rawValue
    memoryGiB = (Double(process.physicalMemory) / 1_073_741_824 * 10).rounded() / 10
    system = process.operatingSystemVersionString
    loadAverage = Self.read("/proc/loadavg")
    commit = Self.commit()
    self.threads = threads
    date = ISO8601DateFormatter().string(from: Date())
    // Without the folders of the machine it ran on.
    command = CommandLine.arguments.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
      .joined(separator: " ")
  }

  /// The facts of the first core that Linux lists; none elsewhere.
  private static func cpuFacts() -> [String: String] {
    var facts: [String: String] = [:]
    for line in read("/proc/cpuinfo").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      if parts.count == 2, facts[parts[0]] == nil { facts[parts[0]] = parts[1] }
    }
    return facts
  }

  private static func read(_ path: String) -> String {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? "unknown"
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The commit of the working directory, marked when tracked files differ from it.
  private static func commit() -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return "unknown" }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: output, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return text.isEmpty ? "unknown" : text
  }
}
