import ActivationStore
import CHDF5
import Foundation
import Testing

@Suite struct ResultHostileTests {
  let scratch: Scratch
  let path: String

  init() throws {
    scratch = try Scratch()
    path = scratch.path("results.h5")
  }

  private func write(_ groups: [ResultGroup], overwrite: Bool = true) throws {
    try ResultFile.write(groups, to: path, provenance: .sample, overwrite: overwrite)
  }

  private func spoil(_ change: (hid_t) -> Void) throws {
    try? FileManager.default.removeItem(atPath: path)
    try write([.vectors])
    HDF5Library.locked {
      let file = H5Fopen(path, UInt32(1), chdf5_default_properties())
      change(file)
      H5Fclose(file)
    }
  }

  private func expectRefusal(containing text: String) {
    let error = #expect(throws: StoreError.self) { try ResultFile.read("vectors", from: path) }
    #expect(error?.description.contains(path) == true)
    #expect(error?.description.contains(text) == true, "\(String(describing: error))")
  }

  @Test func filesThatAreNotOursAreRefusedAndLeftAlone() throws {
    #expect(throws: StoreError.notFound(path: path)) {
      try ResultFile.contains("vectors", in: path)
    }
    for text in ["", "layer,norm\n", "\u{89}HDF\r\n"] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: StoreError.notHDF5(path: path)) { try write([.vectors]) }
      #expect(throws: StoreError.notHDF5(path: path)) { try ResultFile.read("a", from: path) }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }
    try FileManager.default.removeItem(atPath: path)
    try HDF5Library.locked { try HDF5File(creating: path, named: path).createGroup("/data") }
    #expect(throws: StoreError.notOurs(path: path, found: nil)) { try write([.vectors]) }
    #expect(throws: StoreError.outputIsFolder(path: scratch.folder)) {
      try ResultFile.write([.vectors], to: scratch.folder, provenance: .sample, overwrite: true)
    }
    #expect(scratch.names == ["results.h5"])
  }

  @Test func aFileOfResultsIsNoActivationFile() throws {
    try write([.vectors])
    #expect(throws: StoreError.otherFormat(path: path, found: "workbench-results")) {
      try ActivationReader(path: path)
    }
  }

  @Test func partsOfAnActivationFileAreNotReplaced() throws {
    let sample = Sample(layout: Sample.named)
    try sample.writeFile(path)
    for name in ["prompts", "activations", "layer", "committed"] {
      let group = ResultGroup(name: name, attributes: [:], datasets: [])
      let error = #expect(throws: StoreError.self) { try write([group]) }
      #expect(error?.description.contains("'\(name)' is a part of that file itself") == true)
      #expect(throws: StoreError.self) { try ResultFile.read(name, from: path) }
    }
    #expect(try ActivationReader(path: path).contents == sample.contents)
  }

  @Test func aFileCutShortAnywhereIsRefused() throws {
    try write([.vectors])
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for cut in stride(from: 0, to: whole.count - 1, by: whole.count / 40) {
      try whole.prefix(cut).write(to: URL(fileURLWithPath: path))
      #expect(throws: StoreError.self) { try ResultFile.read("vectors", from: path) }
      #expect(throws: StoreError.self) { try write([.vectors]) }
    }
  }

  @Test func datasetsAndAttributesThatTheStoreDoesNotWriteAreNamed() throws {
    try spoil { file in
      let defaults = chdf5_default_properties()
      H5Ldelete(file, "/vectors/norm", defaults)
      let space = H5Screate(H5S_SCALAR)
      let type = H5Tcreate(H5T_OPAQUE, 3)
      H5Dclose(H5Dcreate2(file, "/vectors/norm", type, space, defaults, defaults, defaults))
      H5Tclose(type)
      H5Sclose(space)
    }
    expectRefusal(containing: "/vectors/norm")
    try spoil { file in
      let group = H5Gopen2(file, "/vectors", chdf5_default_properties())
      let defaults = chdf5_default_properties()
      let space = H5Screate_simple(1, [2], nil)
      H5Aclose(H5Acreate2(group, "odd", chdf5_type_float64(), space, defaults, defaults))
      H5Sclose(space)
      H5Gclose(group)
    }
    expectRefusal(containing: "attribute odd of /vectors")
    try spoil { file in
      let defaults = chdf5_default_properties()
      H5Gclose(H5Gcreate2(file, "/vectors/inner", defaults, defaults, defaults))
    }
    expectRefusal(containing: "/vectors/inner")
  }

  @Test func aDatasetThatDeclaresMoreThanTheFileHoldsDoesNotExhaustTheMemory() throws {
    try spoil { file in
      let defaults = chdf5_default_properties()
      H5Ldelete(file, "/vectors/norm", defaults)
      let space = H5Screate_simple(1, [1 << 40], nil)
      let type = chdf5_type_float64()
      H5Dclose(H5Dcreate2(file, "/vectors/norm", type, space, defaults, defaults, defaults))
      H5Sclose(space)
    }
    expectRefusal(containing: "declares more values than the file holds")
  }
}
