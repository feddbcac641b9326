/// What can go wrong with an activation file; the description names the file and the remedy.
public enum StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  case outputExists(path: String)
  case outputIsFolder(path: String)
  /// The output exists and is a device, a pipe or a socket.
  case outputIsNotFile(path: String)
  case folderMissing(path: String, folder: String)
  case folderNotWritable(path: String, folder: String, reason: String)
  case outputBusy(path: String, partial: String)
  case diskFull(path: String)
  /// A system call on the file failed, for instance the final rename.
  case fileSystem(operation: String, path: String, reason: String)
  /// The HDF5 library failed; `reason` is the innermost entry of its error stack.
  case library(operation: String, path: String, object: String, reason: String)

  case notFound(path: String)
  case inputIsNotFile(path: String)
  case notHDF5(path: String)
  case otherFormat(path: String, found: String?)
  /// HDF5, but neither an activation file nor one of results.
  case notOurs(path: String, found: String?)
  case otherVersion(path: String, found: Int)
  case incomplete(path: String)
  case damaged(path: String, reason: String)
  case malformed(path: String, place: String, problem: String)

  case unusableContents(path: String, problem: String)
  case zeroByteInText(path: String, place: String)
  case wrongCount(path: String, place: String, expected: Int, got: Int)
  case unknownGroup(path: String, group: String, stored: [String])
  case groupExists(path: String, group: String)
  case unknownHook(path: String, hook: String, stored: [String])
  case unknownLayer(path: String, hook: String, layer: Int?, stored: [Int])
  case unknownPosition(path: String, position: String, stored: [String])
  case promptsOutOfRange(path: String, prompts: Range<Int>, count: Int)
  case notFinite(path: String, place: ActivationPlace, value: Float)
  case beyondFloat16(path: String, place: ActivationPlace, value: Float)
  case unwritten(path: String, place: ActivationPlace)
  case alreadyFinished(path: String)

  public var description: String {
    switch self {
    case .outputExists(let path):
      "\(path) exists already; choose another output or replace it with --force"
    case .outputIsFolder(let path):
      "\(path) is a folder; give the name of a file as the output"
    case .outputIsNotFile(let path):
      "\(path) is a device, a pipe or a socket; give the name of a file as the output"
    case .folderMissing(let path, let folder):
      "cannot create \(path) because the folder \(folder) does not exist; create it first"
    case .folderNotWritable(let path, let folder, let reason):
      "cannot create \(path) because the folder \(folder) is not writable (\(reason)); "
        + "choose another folder or change its permissions"
    case .outputBusy(let path, let partial):
      "another run is writing \(path) at this moment (it holds \(partial)); "
        + "wait for it or choose another output"
    case .diskFull(let path):
      "the disk is full while writing \(path), and nothing was left under that name; "
        + "free some space or choose another disk and run again"
    case .fileSystem(let operation, let path, let reason):
      "could not \(operation) \(path): \(reason); check the folder and run again"
    case .library(let operation, let path, let object, let reason):
      "HDF5 could not \(operation) \(object) in \(path): \(reason); check the disk and the file"
    case .notFound(let path):
      "\(path) is not a file; check the name, or make it with `workbench dump-activations`"
    case .inputIsNotFile(let path):
      "\(path) is a device, a pipe or a socket, which cannot be read out of order; copy it to a file "
        + "first"
    case .notHDF5(let path):
      "\(path) is not an HDF5 file; give a file that `workbench dump-activations` wrote"
    case .otherFormat(let path, let found):
      "\(path) is HDF5 but not an activation file (its attribute format is "
        + "\(found.map { "'\($0)'" } ?? "missing")); "
        + "give a file that `workbench dump-activations` wrote"
    case .notOurs(let path, let found):
      "\(path) is HDF5 but not of workbench's making (its attribute format is "
        + "\(found.map { "'\($0)'" } ?? "missing")); give a file that workbench wrote"
    case .otherVersion(let path, let found):
      "\(path) has format version \(found), and this program reads version "
        + "\(StoreFormat.activations.version); use the version of workbench that wrote it"
    case .incomplete(let path):
      "\(path) is incomplete because the run that wrote it did not finish; run it again"
    case .damaged(let path, let reason):
      "\(path) is damaged or cut short (\(reason)); copy it again or make it again"
    case .malformed(let path, let place, let problem):
      "\(place) in \(path) \(problem); the file was changed or damaged, make it again"
    case .unusableContents(let path, let problem):
      "cannot lay out \(path): \(problem)"
    case .zeroByteInText(let path, let place):
      "\(place) for \(path) contains a zero byte, which HDF5 text cannot hold; remove it"
    case .wrongCount(let path, let place, let expected, let got):
      "\(place) in \(path) takes \(expected) values, got \(got); pass exactly that many"
    case .unknownGroup(let path, let group, let stored):
      "\(path) has no group \(group); it has "
        + (stored.isEmpty ? "no results of an analysis" : stored.joined(separator: ", "))
    case .groupExists(let path, let group):
      "\(path) has a group \(group) already; choose another output or replace it with --force"
    case .unknownHook(let path, let hook, let stored):
      "\(path) has no activations of \(hook); it has \(stored.joined(separator: ", "))"
    case .unknownLayer(let path, let hook, let layer, let stored):
      StoreError.layerText(path, hook, layer, stored)
    case .unknownPosition(let path, let position, let stored):
      "\(path) has no position \(position); "
        + (stored.isEmpty
          ? "it holds every token, so read the rows of its prompts instead"
          : "it has \(stored.joined(separator: ", "))")
    case .promptsOutOfRange(let path, let prompts, let count):
      "prompts \(prompts.lowerBound)..<\(prompts.upperBound) are outside the \(count) prompts "
        + "of \(path); count them from 0"
    case .notFinite(let path, let place, let value):
      "\(place) is \(value), so \(path) was not written; "
        + "check the checkpoint and the precision of the run"
    case .beyondFloat16(let path, let place, let value):
      "\(place) is \(value), beyond the 65504 that float16 can hold, so \(path) was not "
        + "written; store float32 instead"
    case .unwritten(let path, let place):
      "\(place) was never written, so \(path) is not complete; write every row first"
    case .alreadyFinished(let path):
      "\(path) was finished or discarded already; make a new writer to write again"
    }
  }

  private static func layerText(
    _ path: String, _ hook: String, _ layer: Int?, _ stored: [Int]
  ) -> String {
    guard let layer else { return "\(hook) in \(path) has a value per layer; name a layer" }
    guard !stored.isEmpty else {
      return "\(hook) in \(path) has no layers; ask for it without a layer"
    }
    let list = stored.map(String.init).joined(separator: ", ")
    return "\(path) has no layer \(layer) of \(hook); it has \(list)"
  }
}

/// One activation vector: a hook point, a block, a prompt and a place in that prompt.
public struct ActivationPlace: Equatable, Sendable, CustomStringConvertible {
  public let hook: String
  /// The index of the block, counted from 0; nil for a hook point outside the blocks.
  public let layer: Int?
  /// The index of the prompt in the file, counted from 0.
  public let prompt: Int
  /// The name of the position, or `token n` where every token is stored.
  public let position: String?

  public var description: String {
    let layerText = layer.map { ", layer \($0)" } ?? ""
    let positionText = position.map { ", \($0)" } ?? ""
    return "\(hook)\(layerText), prompt \(prompt)\(positionText)"
  }
}
