import ModelLibrary

extension VectorSet {
  /// The SHA-256 of layers and vectors, bit for bit, in hexadecimal.
  ///
  /// What a run that goes on must have in common with what its file was made with.
  func digest() throws(ModelError) -> String {
    let bits = vectors.joined().map { "\($0.bitPattern)" }.joined(separator: " ")
    return try FileDigest.sha256(of: "\(layers) \(bits)")
  }
}
