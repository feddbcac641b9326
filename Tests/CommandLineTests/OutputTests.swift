import ActivationStore
import Foundation
import TestSupport
import Testing

@Suite("The output is written whole, or not at all")
struct OutputTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.write("Hi, the\n", to: "prompts.txt")
  }

  @Test("A folder that is missing, or is a file")
  func missingFolder() throws {
    for folder in ["nowhere", "prompts.txt"] {
      try workplace.expectDumpRefusal(
        output: folder + "/out.h5",
        "cannot create \(folder)/out.h5 because the folder \(folder) does not exist; "
          + "create it first")
    }
  }

  @Test("An output that is a folder")
  func folder() throws {
    try workplace.makeFolder("out.h5")
    for force in [[], ["--force"]] {
      try workplace.expectDumpRefusal(
        with: force, "out.h5 is a folder; give the name of a file as the output")
    }
  }

  @Test("An output without a file name", arguments: ["", "new/"])
  func noName(output: String) throws {
    try workplace.expectUsageError(
      of: Workplace.dumpArguments(output: output),
      "--output \"\(output)\" has no file name; give one, e.g. states.h5.\n")
  }

  @Test("A pipe, like any device, is refused even with --force, and stays what it is")
  func pipe() throws {
    #expect(mkfifo(workplace.path("out.h5"), 0o600) == 0)
    try workplace.expectDumpRefusal(
      with: ["--force"],
      "out.h5 is a device, a pipe or a socket; give the name of a file as the output")
    var status = stat()
    #expect(lstat(workplace.path("out.h5"), &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFIFO)
  }

  @Test("An existing output is refused and left alone, and replaced with --force")
  func existing() throws {
    try workplace.write("precious", to: "out.h5")
    try workplace.expectDumpRefusal(
      "out.h5 exists already; choose another output or replace it with --force")
    #expect(try workplace.bytes("out.h5") == Array("precious".utf8))
    try workplace.dump(["--force"]).expectSuccess()
    #expect(try ActivationReader(path: workplace.path("out.h5")).contents.prompts.count == 1)
  }

  @Test("A file that is replaced or added to keeps its mode, and a link stays a link")
  func modeAndLink() throws {
    try workplace.makeFolder("real")
    let (link, real) = (workplace.path("out.h5"), workplace.path("real/states.h5"))
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: "real/states.h5")
    try workplace.dump().expectSuccess()
    for mode in [0o600, 0o640] {
      #expect(chmod(real, mode_t(mode)) == 0)
      try workplace.dump(["--force"]).expectSuccess()
      var status = stat()
      #expect(stat(real, &status) == 0 && Int(status.st_mode & 0o777) == mode)
      #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    }
    #expect(try ActivationReader(path: real).contents.prompts.count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: workplace.path("real")).count == 1)
  }

  @Test("An output that another run writes is refused, and left to it")
  func busy() throws {
    let partial = workplace.path("out.h5.partial")
    try workplace.write("its work", to: "out.h5.partial")
    let descriptor = open(partial, O_RDWR)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    try workplace.expectDumpRefusal(
      with: ["--force"],
      "another run is writing out.h5 at this moment (it holds out.h5.partial); "
        + "wait for it or choose another output")
    #expect(try workplace.bytes("out.h5.partial") == Array("its work".utf8))
  }

  @Test("An existing output outlives a run with --force that fails")
  func forceThatFails() throws {
    try workplace.write(ChatModel.withNaNInFinalNorm(), to: "nan.gguf")
    try workplace.write("precious", to: "out.h5")
    let output = try workplace.dump(["--force", "--hooks", "ln_final"], model: "nan.gguf")
    #expect(output.status == 1)
    #expect(try workplace.bytes("out.h5") == Array("precious".utf8))
    #expect(try workplace.names == ["nan.gguf", "out.h5", "prompts.txt", "tiny.gguf"])
  }

  @Test(
    "Not even --force replaces the model or the prompts", arguments: ["tiny.gguf", "prompts.txt"])
  func inputs(name: String) throws {
    let before = try workplace.bytes(name)
    try workplace.expectDumpRefusal(
      with: ["--force"], output: "./" + name,
      "the output would replace \(name), which the run reads; give it another name")
    #expect(try workplace.bytes(name) == before)
  }

  @Test("What a crashed run left behind does not stand in the way")
  func stalePartial() throws {
    try workplace.write("half a file", to: "out.h5.partial")
    try workplace.dump().expectSuccess()
    #expect(try workplace.names == ["out.h5", "prompts.txt", "tiny.gguf"])
  }
}
