import Foundation

/// The command line of this run.
enum CommandText {
  /// The command as a shell takes it apart into the same words.
  static var thisRun: String {
    CommandLine.arguments.map(quoted).joined(separator: " ")
  }

  /// Refuses words that are not UTF-8, which would name other files than they seem to.
  static func expectUTF8() throws(WordNotUTF8) {
    for index in 0..<Int(CommandLine.argc) {
      guard let word = CommandLine.unsafeArgv[index] else { continue }
      if String(validatingCString: word) == nil { throw WordNotUTF8(word: String(cString: word)) }
    }
  }

  /// A word in a shell's quotes, where it needs them.
  static func quoted(_ word: String) -> String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%")
    if !word.isEmpty, word.allSatisfy(plain.contains) { return word }
    return "'" + word.replacing("'", with: "'\"'\"'") + "'"
  }
}

/// A word of the command line is not UTF-8.
struct WordNotUTF8: Error, CustomStringConvertible {
  let word: String

  var description: String {
    "\"\(word)\" on the command line is not UTF-8, and no file of another name is read or written "
      + "in its place; give a name in UTF-8"
  }
}
