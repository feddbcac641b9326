import ActivationStore
import CHDF5
import Foundation
import Testing

@Suite struct HostileFileTests {
  let scratch: Scratch
  let path: String

  init() throws {
    scratch = try Scratch()
    path = scratch.path("run.h5")
  }

  /// Writes a good file and then changes it behind the module's back.
  private func spoil(_ change: (hid_t) -> Void) throws {
    try Sample(layout: Sample.named).writeFile(path, overwrite: true)
    HDF5Library.locked {
      let file = H5Fopen(path, UInt32(1), chdf5_default_properties())
      change(file)
      H5Fclose(file)
    }
  }

  private func replace(_ name: String, _ type: hid_t, _ shape: [hsize_t], in file: hid_t) {
    let defaults = chdf5_default_properties()
    H5Ldelete(file, name, defaults)
    let space = H5Screate_simple(Int32(shape.count), shape, nil)
    let dataset = H5Dcreate2(file, name, type, space, defaults, defaults, defaults)
    for axis in shape.indices {
      H5DSset_label(dataset, UInt32(axis), shape.count - 1 == axis ? "d_model" : "prompt")
    }
    H5Dclose(dataset)
    H5Sclose(space)
  }

  private func expectRefusal(containing text: String) {
    let error = #expect(throws: StoreError.self) { try ActivationReader(path: path) }
    let description = error?.description ?? ""
    #expect(description.contains(path))
    #expect(description.contains(text), "\(description)")
  }

  @Test("A missing file, a folder and a file of text are not activation files")
  func notHDF5() throws {
    #expect(throws: StoreError.notFound(path: path)) { try ActivationReader(path: path) }
    #expect(throws: StoreError.notFound(path: scratch.folder)) {
      try ActivationReader(path: scratch.folder)
    }
    for text in ["", "prompt,label\n", "\u{89}HDF\r\n"] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: StoreError.notHDF5(path: path)) { try ActivationReader(path: path) }
    }
  }

  @Test("A file cut short anywhere is refused")
  func truncated() throws {
    try Sample(layout: Sample.named).writeFile(path)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for tenth in 0..<10 {
      try whole.prefix(whole.count * tenth / 10).write(to: URL(fileURLWithPath: path))
      #expect(throws: StoreError.self) { try ActivationReader(path: path) }
    }
    try whole.prefix(whole.count - 100).write(to: URL(fileURLWithPath: path))
    expectRefusal(containing: "damaged or cut short")
  }

  @Test(
    "A changed byte of numbers is an error that names them",
    arguments: [
      "/activations/embed", "/activations/resid_post", "/activations/logits", "/tokens/id",
      "/tokens/offset", "/positions/token_index", "/layer",
    ])
  func changedNumbers(name: String) throws {
    try Sample(layout: Sample.named).writeFile(path)
    _ = try numbers()
    var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    let tile = try firstTile(of: name)
    bytes[tile.lowerBound + tile.count / 3] ^= 0x10
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: StoreError.self) { try numbers() }
    #expect(error?.description.contains(name) == true, "\(error?.description ?? "")")
  }

  /// Where the first tile of a dataset lies in the file.
  private func firstTile(of name: String) throws -> Range<Int> {
    try HDF5Library.locked {
      let file = H5Fopen(path, UInt32(0), chdf5_default_properties())
      let dataset = H5Dopen2(file, name, chdf5_default_properties())
      let space = H5Dget_space(dataset)
      defer {
        H5Sclose(space)
        H5Dclose(dataset)
        H5Fclose(file)
      }
      var offset = [hsize_t](repeating: 0, count: 8)
      var (mask, address, size): (UInt32, haddr_t, hsize_t) = (0, 0, 0)
      try #require(
        H5Dget_chunk_info(dataset, space, 0, &offset, &mask, &address, &size) >= 0)
      return Int(address)..<Int(address) + Int(size)
    }
  }

  /// All that the file at `path` holds in numbers.
  private func numbers() throws -> [[Float]] {
    let reader = try ActivationReader(path: path)
    let prompts = reader.contents.prompts
    let activations = try reader.contents.hooks.flatMap { hook in
      try (hook.perLayer ? reader.contents.layers.map(Optional.some) : [nil]).map { layer in
        try reader.rows(hook: hook.name, layer: layer, prompts: 0..<prompts.count).values
      }
    }
    let tokens = prompts.map { ($0.tokens + $0.positionTokens).map(Float.init) }
    return activations + tokens + [reader.contents.layers.map(Float.init)]
  }

  @Test("HDF5 of another format, another version or an unfinished run is refused")
  func otherFormat() throws {
    try HDF5Library.locked { try HDF5File(creating: path, named: path).createGroup("/data") }
    #expect(throws: StoreError.otherFormat(path: path, found: nil)) {
      try ActivationReader(path: path)
    }
    try spoil { file in H5Adelete(file, "format") }
    expectRefusal(containing: "not an activation file")
    try spoil { file in overwriteNumber(file, "format_version", 2, chdf5_type_int64()) }
    expectRefusal(containing: "has format version 2, and this program reads version 1")
    try spoil { file in overwriteNumber(file, "complete", 0, chdf5_type_uint8()) }
    expectRefusal(containing: "did not finish")
  }

  private func overwriteNumber(_ file: hid_t, _ name: String, _ value: Int64, _ type: hid_t) {
    let attribute = H5Aopen(file, name, chdf5_default_properties())
    withUnsafePointer(to: value) { _ = H5Awrite(attribute, type, $0) }
    H5Aclose(attribute)
  }

  @Test("A missing attribute or dataset is named")
  func missing() throws {
    for name in ["model_sha256", "n_layers", "seed", "created", "dtype"] {
      try spoil { file in H5Adelete(file, name) }
      expectRefusal(containing: "attribute \(name) of / in \(path) is missing")
    }
    for name in ["/prompts/text", "/tokens/offset", "/positions/name", "/layer"] {
      try spoil { file in H5Ldelete(file, name, chdf5_default_properties()) }
      expectRefusal(containing: name)
    }
    try spoil { file in H5Ldelete(file, "/activations", chdf5_default_properties()) }
    expectRefusal(containing: "/activations")
  }

  @Test("Datasets of another shape or type are refused")
  func wrongShapes() throws {
    try spoil { replace("/activations/embed", chdf5_type_float32(), [7, 2, 9], in: $0) }
    expectRefusal(containing: "has the shape [7, 2, 9] instead of [7, 2, 8]")
    try spoil { replace("/activations/embed", chdf5_type_float64(), [7, 2, 8], in: $0) }
    expectRefusal(containing: "does not hold float32 values")
    try spoil { replace("/activations/embed", chdf5_type_float32(), [1 << 40], in: $0) }
    expectRefusal(containing: "/activations/embed")
    try spoil { replace("/prompts/label", chdf5_type_int32(), [7], in: $0) }
    expectRefusal(containing: "/prompts/label")
    try spoil { replace("/tokens/offset", chdf5_type_int64(), [8], in: $0) }
    expectRefusal(containing: "/tokens/offset")
    try spoil { replace("/positions/token_index", chdf5_type_int32(), [14], in: $0) }
    expectRefusal(containing: "is not [prompt, position]")
  }

  @Test("A dataset that declares more than the file holds does not exhaust the memory")
  func hugeDeclaration() throws {
    try spoil { replace("/tokens/id", chdf5_type_int32(), [1 << 40], in: $0) }
    expectRefusal(containing: "declares more values than the file holds")
  }

  @Test("Asking for what is not there names what is")
  func unknownParts() throws {
    try Sample(layout: Sample.named).writeFile(path)
    let reader = try ActivationReader(path: path)
    let stored = ["user_end", "query_end"]
    #expect(throws: StoreError.unknownPosition(path: path, position: "last", stored: stored)) {
      try reader.matrix(hook: "resid_post", layer: 0, position: "last")
    }
    #expect(
      throws: StoreError.unknownLayer(path: path, hook: "embed", layer: 0, stored: [])
    ) { try reader.rows(hook: "embed", layer: 0, prompts: 0..<1) }
    #expect(throws: StoreError.self) { try reader.prompt(7, hook: "embed") }
    #expect(throws: StoreError.self) { try reader.prompt(-1, hook: "embed") }
  }
}
