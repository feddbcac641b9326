import ActivationStore
import Foundation
import Testing

/// Only a privileged user of Linux can mount, so elsewhere these tests are skipped.
private let canMount: Bool = {
  guard let scratch = try? Scratch(), mount(scratch.folder, "size=64k") else { return false }
  return unmount(scratch.folder)
}()

private func mount(_ folder: String, _ options: String) -> Bool {
  let result = try? output(of: "mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder])
  return result?.status == 0
}

private func unmount(_ folder: String) -> Bool {
  (try? output(of: "umount", [folder]))?.status == 0
}

@Suite(.enabled(if: canMount, "needs the right to mount a tmpfs"))
struct DiskTests {
  @Test("A full disk is an error, and leaves neither a file nor an open handle")
  func full() throws {
    let scratch = try Scratch()
    try #require(mount(scratch.folder, "size=1m"))
    var sample = Sample(layout: Sample.named, promptCount: 40)
    sample.header.model.dModel = 4096
    let path = scratch.path("run.h5")
    do {
      let writer = try sample.makeWriter(path)
      let error = #expect(throws: StoreError.diskFull(path: path)) { try sample.fill(writer) }
      #expect(error?.description.contains("nothing was left under that name") == true)
    }
    #expect(scratch.names == [])
    // The space is free again only if the library let go of the deleted file.
    try Sample(layout: Sample.named).writeFile(path)
    #expect(scratch.names == ["run.h5"])
    // Unmounting fails as long as any file in the folder is open.
    #expect(unmount(scratch.folder))
  }

  @Test("Groups that no longer fit on the disk change nothing", arguments: [false, true])
  func fullForGroups(hasFile: Bool) throws {
    let scratch = try Scratch()
    try #require(mount(scratch.folder, "size=1m"))
    let path = scratch.path("run.h5")
    if hasFile { try Sample(layout: Sample.named).writeFile(path) }
    let before = try? Data(contentsOf: URL(fileURLWithPath: path))
    let values = [Float](repeating: 1, count: 1 << 20)
    let group = ResultGroup(
      name: "big", attributes: [:],
      datasets: [ResultDataset("a", ["x"], [values.count], .floats(values))])
    #expect(throws: StoreError.diskFull(path: path)) {
      try ResultFile.write([group], to: path, provenance: .sample, overwrite: true)
    }
    #expect(scratch.names == (hasFile ? ["run.h5"] : []))
    #expect((try? Data(contentsOf: URL(fileURLWithPath: path))) == before)
    try ResultFile.write([.vectors], to: path, provenance: .sample, overwrite: true)
    #expect(try ResultFile.read("vectors", from: path) == .vectors)
    #expect(unmount(scratch.folder))
  }

  @Test("A file that cannot be copied for lack of space stays as it is")
  func fullForCopy() throws {
    let scratch = try Scratch()
    try #require(mount(scratch.folder, "size=1m"))
    let path = scratch.path("run.h5")
    let values = [Float](repeating: 1, count: 1 << 17)
    let group = ResultGroup(
      name: "big", attributes: [:],
      datasets: [ResultDataset("a", ["x"], [values.count], .floats(values))])
    try ResultFile.write([group], to: path, provenance: .sample, overwrite: false)
    try Data(count: 1 << 18).write(to: URL(fileURLWithPath: scratch.path("other")))
    #expect(throws: StoreError.diskFull(path: path)) {
      try ResultFile.write([.vectors], to: path, provenance: .sample, overwrite: false)
    }
    #expect(scratch.names == ["other", "run.h5"])
    #expect(try ResultFile.read("big", from: path) == group)
    #expect(unmount(scratch.folder))
  }

  @Test("A read-only folder is refused")
  func readOnly() throws {
    let scratch = try Scratch()
    try #require(mount(scratch.folder, "size=1m,ro"))
    let path = scratch.path("run.h5")
    let error = #expect(throws: StoreError.self) {
      try Sample(layout: Sample.named).makeWriter(path)
    }
    #expect(error?.description.contains("is not writable (Read-only file system)") == true)
    #expect(unmount(scratch.folder))
  }
}
