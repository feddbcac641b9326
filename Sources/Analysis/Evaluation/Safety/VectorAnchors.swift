import ActivationStore

/// The prompts that the vectors of a file were made from.
public struct VectorAnchors: Sendable {
  /// Empty where the file does not have them: `workbench vectors` keeps them where it runs the
  /// model itself.
  public let texts: [String]

  /// Looks for the anchors' texts among the prompts of the vectors' own file.
  public init(_ vectors: VectorSet, path: String) {
    let ids = Set(vectors.anchors.map(\.id))
    guard !ids.isEmpty, let reader = try? ActivationReader(path: path) else {
      texts = []
      return
    }
    texts = reader.contents.prompts.filter { ids.contains($0.id) }.map(\.text)
  }
}
