import Foundation
import Testing

/// Only a privileged user of Linux can mount, so elsewhere these tests are skipped.
private let canMount: Bool = {
  guard let workplace = try? Workplace(), (try? workplace.makeFolder("disk")) != nil,
    mount(workplace.path("disk"), "size=64k")
  else { return false }
  return unmount(workplace.path("disk"))
}()

private func mount(_ folder: String, _ options: String) -> Bool {
  succeeds("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder])
}

private func unmount(_ folder: String) -> Bool { succeeds("umount", [folder]) }

private func succeeds(_ program: String, _ arguments: [String]) -> Bool {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [program] + arguments
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}

@Suite(.enabled(if: canMount, "needs the right to mount a tmpfs"))
struct DiskTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.makeFolder("disk")
    let prompts = (0..<100).map { "\($0) bottles of beer on the wall" }
    try workplace.write(prompts.joined(separator: "\n"), to: "prompts.txt")
  }

  @Test(
    "A disk that is full at once, or runs full: one sentence, and nothing is left on it",
    arguments: ["4k", "16k", "64k", "1m"])
  func full(size: String) throws {
    let disk = workplace.path("disk")
    try #require(mount(disk, "size=\(size)"))
    // 100 prompts of about 50 tokens with 270 logits of 4 bytes are some 5 MB.
    try workplace.expectDumpRefusal(
      with: ["--hooks", "logits", "--positions", "all"], output: "disk/out.h5",
      "the disk is full while writing disk/out.h5, and nothing was left under that name; "
        + "free some space or choose another disk and run again")
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk) == [])
    #expect(unmount(disk))
  }

  @Test("A folder that cannot be written")
  func readOnly() throws {
    let disk = workplace.path("disk")
    try #require(mount(disk, "size=1m,ro"))
    try workplace.expectDumpRefusal(
      output: "disk/out.h5",
      "cannot create disk/out.h5 because the folder disk is not writable "
        + "(Read-only file system); choose another folder or change its permissions")
    #expect(unmount(disk))
  }
}
