import ActivationStore

extension VectorFile {
  static func readHDF5(_ path: String) throws(AnalysisError) -> VectorSet {
    preconditionFailure("being written")
  }

  static func writeHDF5(
    _ set: VectorSet, to path: String, provenance: Provenance, overwrite: Bool
  ) throws(AnalysisError) {
    preconditionFailure("being written")
  }
}
