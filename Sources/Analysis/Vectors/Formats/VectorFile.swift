import ActivationStore
import Foundation

/// Files that hold a `VectorSet`: HDF5 of our own, safetensors and GGUF control vectors.
///
/// The name's extension chooses the format: `.h5` and `.hdf5`, `.safetensors`, `.gguf`. Only HDF5
/// holds the anchors and d_harm; safetensors and GGUF hold the vectors, how they were made, and the
/// model's name and digest.
public enum VectorFile {
  /// The group of an HDF5 file.
  static let group = "vectors"

  /// Reads the vectors of a file.
  ///
  /// `ggufIndex` is needed for a GGUF file that does not say which convention it follows, and
  /// ignored for other files.
  public static func read(
    _ path: String, ggufIndex: GGUFIndex? = nil
  ) throws(AnalysisError) -> VectorSet {
    switch try Format(path) {
    case .hdf5: try readHDF5(path)
    case .safetensors: try readSafetensors(path)
    case .gguf: try readGGUF(path, index: ggufIndex)
    }
  }

  /// Writes the vectors; an HDF5 file that exists gets a group, other files are written anew.
  ///
  /// A failed write changes nothing. `overwrite` replaces the group or the file. `ggufIndex` is
  /// the convention of a GGUF file; `.block` cannot hold layer 0, which is then refused.
  public static func write(
    _ set: VectorSet, to path: String, ggufIndex: GGUFIndex = .block, provenance: Provenance,
    overwrite: Bool
  ) throws(AnalysisError) {
    switch try Format(path) {
    case .hdf5:
      try writeHDF5(set, to: path, provenance: provenance, overwrite: overwrite)
    case .safetensors:
      try writeSafetensors(set, to: path, provenance: provenance, overwrite: overwrite)
    case .gguf:
      try writeGGUF(
        set, to: path, index: ggufIndex, provenance: provenance, overwrite: overwrite)
    }
  }

  /// Whether the name is that of an HDF5 file.
  public static func isHDF5(_ path: String) -> Bool { (try? Format(path)) == .hdf5 }

  /// Whether the name is that of a GGUF file.
  public static func isGGUF(_ path: String) -> Bool { (try? Format(path)) == .gguf }

  /// What an extension stands for.
  enum Format {
    case hdf5, safetensors, gguf

    init(_ path: String) throws(AnalysisError) {
      switch (path as NSString).pathExtension.lowercased() {
      case "h5", "hdf5": self = .hdf5
      case "safetensors": self = .safetensors
      case "gguf": self = .gguf
      default:
        throw .vectorFile(
          path: path,
          problem: "the name must end in .h5, .hdf5, .safetensors or .gguf, "
            + "which tells the format of the vectors")
      }
    }
  }
}

extension VectorFile {
  static func readHDF5(_ path: String) throws(AnalysisError) -> VectorSet {
    do throws(VectorError) { return try VectorSet.read(path) } catch { throw .vectors(error) }
  }

  static func writeHDF5(
    _ set: VectorSet, to path: String, provenance: Provenance, overwrite: Bool
  ) throws(AnalysisError) {
    do throws(StoreError) {
      try ResultFile.write([set.group], to: path, provenance: provenance, overwrite: overwrite)
    } catch {
      throw .store(error)
    }
  }
}
