import Foundation
import ModelLibrary

/// Tells whether two prompts say the same, without keeping what they say.
public enum PromptDigest {
  /// The SHA-256 of a prompt's text in lower case, without the white space around it, in hexadecimal.
  public static func sha256(of text: String) throws(ModelError) -> String {
    try FileDigest.sha256(of: key(text))
  }

  /// Equal for texts that say the same but for case and the white space around them.
  static func key(_ text: String) -> String {
    text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
  }
}
