/// A file that is one text.
public enum PlainText {
  /// The text at `path`, which is UTF-8, without a byte order mark.
  ///
  /// - Throws: an error that names the file and, where its bytes are no text, the place.
  public static func read(path: String) throws(PromptError) -> String {
    String(decoding: try TextFile(path: path).bytes, as: UTF8.self)
  }
}
