import CHDF5
import Foundation
import Synchronization

/// A look into a file by a child process, before this one reads it.
///
/// A few changed bytes make libhdf5 1.10 crash, loop for ever or take gigabytes. So a program that can
/// run itself says how (`use`), and a file is then read by a child under limits of time and memory
/// first: all names, attributes, axes and texts, and the numbers of small data sets. What the child
/// does not survive is a damaged file. Files that this process wrote itself are not looked into.
package enum FileInspection {
  /// What a file was when it was looked into.
  private struct Identity: Hashable {
    let device, node, size, seconds, nanoseconds: Int
  }

  private static let state = Mutex<(program: [String], sound: Set<Identity>)>(
    (
      program: [], sound: []
    ))

  /// Processor time and memory for a file of no size; a larger one gets more in proportion.
  private static let (seconds, bytes) = (1, 400 << 20)
  private static let bytesPerSecond = 50_000_000

  /// Seconds on the wall for a child that waits instead of working.
  ///
  /// A busy machine or a slow disk says
  /// nothing about the file, so they are many.
  private static let patience = 60

  /// The program to run, with the arguments before the path.
  package static func use(_ program: [String]) {
    state.withLock { $0.program = program }
  }

  /// Throws where a child process cannot read the file.
  static func expectSound(_ path: String) throws(StoreError) {
    guard let identity = identity(of: path) else { return }
    let (program, isKnown) = state.withLock { ($0.program, $0.sound.contains(identity)) }
    guard !program.isEmpty, !isKnown else { return }
    guard run(program + [path], seconds: patience + identity.size / bytesPerSecond) else {
      throw .damaged(path: path, reason: "the HDF5 library cannot read it")
    }
    noteSound(path)
  }

  /// Spares a file that this process has just written or read.
  static func noteSound(_ path: String) {
    guard let identity = identity(of: path) else { return }
    state.withLock { _ = $0.sound.insert(identity) }
  }

  private static func identity(of path: String) -> Identity? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return Identity(
      device: Int(status.st_dev), node: Int(status.st_ino), size: Int(status.st_size),
      seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
  }

  /// Whether the program ends well within the time; true where it cannot be started, as then nothing
  /// is known against the file.
  private static func run(_ command: [String], seconds: Int) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    // The library reads beyond its memory: without room to spare in the heap that ends the child.
    process.environment = ProcessInfo.processInfo.environment.merging(["MALLOC_TOP_PAD_": "0"]) {
      $1
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    guard (try? process.run()) != nil else { return true }
    if ended.wait(timeout: .now() + .seconds(seconds)) == .timedOut {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
      return false
    }
    return process.terminationReason == .exit && process.terminationStatus == 0
  }
}

extension FileInspection {
  /// Reads what can harm, in the child; returns whether the library could read it all.
  package static func read(_ path: String) -> Bool {
    let size = identity(of: path)?.size ?? 0
    limit(RLIMIT_AS, to: rlim_t(bytes + 4 * size))
    limit(RLIMIT_CPU, to: rlim_t(seconds + size / bytesPerSecond))
    limit(RLIMIT_CORE, to: 0)
    return HDF5Library.locked {
      guard let file = try? HDF5File(reading: path) else { return true }
      var reading = Reading()
      reading.readAll(of: file, group: StoreSchema.root, depth: 0)
      return reading.isSound
    }
  }

  #if canImport(Darwin)
    private static func limit(_ resource: Int32, to most: rlim_t) {
      var limit = rlimit(rlim_cur: most, rlim_max: most)
      _ = setrlimit(resource, &limit)
    }
  #else
    private static func limit(_ resource: __rlimit_resource, to most: rlim_t) {
      var limit = rlimit(rlim_cur: most, rlim_max: most)
      _ = setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
    }
  #endif

  /// Reads all parts of a file.
  ///
  /// What the store does not write is passed over: to say so is the business of whoever reads the file
  /// next, and harms nobody.
  private struct Reading {
    /// Groups in groups that are followed; files of the workbench have one.
    private static let deepest = 8
    /// Numbers of larger data sets are left out: reading them is copying.
    private static let mostNumbers = 1 << 21

    /// Whether the library never failed.
    private(set) var isSound = true

    mutating func readAll(of file: borrowing HDF5File, group: String, depth: Int) {
      readAttributes(of: group, in: file)
      guard depth < Self.deepest,
        let members = attempt({ () throws(StoreError) in try file.membersInOrder(of: group) })
      else { return }
      for member in members {
        let name = group == StoreSchema.root ? "/" + member : group + "/" + member
        guard let dataset = try? file.openDataset(name) else {
          readAll(of: file, group: name, depth: depth + 1)
          continue
        }
        readAttributes(of: name, in: file)
        readAll(of: dataset)
      }
    }

    private mutating func readAttributes(of object: String, in file: borrowing HDF5File) {
      // To look for a name takes another way through the object than to list all names.
      for name in ResultPlan.provenanceAttributes { _ = file.hasAttribute(name, of: object) }
      let names = attempt { () throws(StoreError) in try file.attributeNames(of: object) }
      for name in names ?? [] where (try? file.attributeType(name, of: object)) == .string {
        _ = attempt { () throws(StoreError) in try file.attributeText(name, of: object) }
      }
    }

    private mutating func readAll(of dataset: borrowing HDF5Dataset) {
      let shape = attempt { () throws(StoreError) in try dataset.shape() } ?? []
      let type = attempt { () throws(StoreError) in try dataset.type() } ?? nil
      _ = attempt { () throws(StoreError) in try dataset.scaleName() }
      _ = attempt { () throws(StoreError) in try dataset.axisLabels() }
      let count = (try? HDF5Space.count(shape, dataset.place)) ?? .max
      guard type == .string || count <= Self.mostNumbers else { return }
      switch type {
      case .string: _ = attempt { () throws(StoreError) in try dataset.readAllStrings() }
      case .float32: read(dataset, Float.self)
      case .float64: read(dataset, Double.self)
      case .int32: read(dataset, Int32.self)
      case .int64: read(dataset, Int64.self)
      case .int8: read(dataset, Int8.self)
      case .uint8: read(dataset, UInt8.self)
      default: break
      }
    }

    private mutating func read<Element: HDF5Element>(
      _ dataset: borrowing HDF5Dataset, _ element: Element.Type
    ) {
      _ = attempt { () throws(StoreError) in try dataset.readAll(as: element) }
    }

    /// The result, or nil after an error; one of the library is remembered.
    private mutating func attempt<Result>(_ body: () throws(StoreError) -> Result) -> Result? {
      do throws(StoreError) { return try body() } catch {
        if case .library = error { isSound = false }
        return nil
      }
    }
  }
}
