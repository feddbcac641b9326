import ActivationStore

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
