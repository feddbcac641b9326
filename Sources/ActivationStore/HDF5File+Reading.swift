import Foundation

extension HDF5File {
  /// Opens a finished file of one of these formats, or says why it is none.
  init(finished path: String, formats: [StoreFormat]) throws(StoreError) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard exists, !isFolder.boolValue else { throw .notFound(path: path) }
    guard access(path, R_OK) == 0 else {
      throw .fileSystem(operation: "read", path: path, reason: String(cString: strerror(errno)))
    }
    // Opening a pipe waits for whoever writes into it.
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .inputIsNotFile(path: path)
    }
    guard HDF5File.isHDF5(path) else { throw .notHDF5(path: path) }
    try FileInspection.expectSound(path)
    let file = try HDF5File.openUndamaged(path)
    try file.expectFormat(among: formats)
    self = file
  }

  func readHeader() throws(StoreError) -> StoreHeader {
    let hash = "chat_template_sha256"
    return StoreHeader(
      toolVersion: try text("tool_version"), commandLine: try text("command_line"),
      created: try created(), model: try readModel(),
      chatTemplateSHA256: hasAttribute(hash, of: StoreSchema.root) ? try text(hash) : nil,
      precision: try text("precision"), dtype: try dtype(),
      seed: try attribute("seed", of: StoreSchema.root), threads: try number("threads"))
  }

  private static func openUndamaged(_ path: String) throws(StoreError) -> HDF5File {
    do throws(StoreError) {
      return try HDF5File(reading: path)
    } catch .library(_, _, _, let reason) {
      throw .damaged(path: path, reason: reason)
    }
  }

  private borrowing func expectFormat(among formats: [StoreFormat]) throws(StoreError) {
    let name = try formatName()
    guard let format = formats.first(where: { $0.rawValue == name }) else {
      throw formats == [.activations]
        ? .otherFormat(path: path, found: name) : .notOurs(path: path, found: name)
    }
    let version = try number("format_version")
    guard version == format.version else { throw .otherVersion(path: path, found: version) }
    let complete: UInt8 = try attribute("complete", of: StoreSchema.root)
    guard complete == 1 else { throw .incomplete(path: path) }
  }

  /// The format of a finished file.
  func format() throws(StoreError) -> StoreFormat? {
    try formatName().flatMap(StoreFormat.init(rawValue:))
  }

  private borrowing func formatName() throws(StoreError) -> String? {
    hasAttribute("format", of: StoreSchema.root) ? try text("format") : nil
  }

  private func readModel() throws(StoreError) -> StoredModel {
    StoredModel(
      name: try text("model_name"), path: try text("model_path"),
      sha256: try text("model_sha256"),
      adapters: hasAttribute(StoreSchema.adapters, of: StoreSchema.root)
        ? try text(StoreSchema.adapters) : nil,
      architecture: try text("model_architecture"),
      nLayers: try number("n_layers"), dModel: try number("d_model"),
      dVocab: try number("d_vocab"))
  }

  private func created() throws(StoreError) -> Date {
    let text = try text("created")
    guard let date = try? Date(text, strategy: .iso8601) else {
      throw rootProblem("created", "is not a time in ISO 8601")
    }
    return date
  }

  private func dtype() throws(StoreError) -> StoredType {
    guard let type = StoredType(rawValue: try text("dtype")) else {
      throw rootProblem("dtype", "is neither f16 nor f32")
    }
    return type
  }

  private func text(_ name: String) throws(StoreError) -> String {
    try attributeText(name, of: StoreSchema.root)
  }

  private func number(_ name: String) throws(StoreError) -> Int {
    let value: Int64 = try attribute(name, of: StoreSchema.root)
    return Int(value)
  }

  private func rootProblem(_ name: String, _ problem: String) -> StoreError {
    .malformed(path: path, place: "attribute \(name)", problem: problem)
  }
}
