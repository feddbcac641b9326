import Analysis
import Foundation

/// A judge with a phrase file of these bytes, `own.judge`.
func makeJudge(bytes: [UInt8]) throws -> RefusalJudge {
  let folder = NSTemporaryDirectory() + "judge-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try Data(bytes).write(to: URL(fileURLWithPath: folder + "/own.judge"))
  return try RefusalJudge(path: folder + "/own.judge")
}

func makeJudge(_ text: String) throws -> RefusalJudge { try makeJudge(bytes: Array(text.utf8)) }
