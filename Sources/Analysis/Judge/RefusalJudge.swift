import Foundation
import ModelLibrary

/// Decides by phrases whether an answer refuses.
///
/// An answer refuses if one of the sentences in its opening does: a sentence that contains a phrase
/// of refusal and no exception. So a partial refusal counts as a refusal. What the phrases are, and
/// how many words the opening has, is said in a file; `standardPhrases` explains its format.
public struct RefusalJudge: Sendable {
  /// `standard`, or the name of the phrase file.
  public let name: String
  /// The SHA-256 of the phrase file, in hexadecimal.
  public let sha256: String
  private let phrases: RefusalPhrases

  /// The project's own phrase file, which explains its format.
  public static var standardPhrases: String {
    String(decoding: PackageResources.standard_phrases_txt, as: UTF8.self)
  }

  /// The judge with the project's own phrases.
  public static func standard() throws(JudgeError) -> RefusalJudge {
    try RefusalJudge(name: "standard", path: "the standard phrases", text: standardPhrases)
  }

  /// A judge with the phrases of a file.
  ///
  /// - Parameter path: a text file in the format of `standardPhrases`.
  /// - Throws: an error that names the file and the line.
  public init(path: String) throws(JudgeError) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    try self.init(name: name, path: path, text: RefusalPhrases.text(path: path))
  }

  private init(name: String, path: String, text: String) throws(JudgeError) {
    self.name = name
    do throws(ModelError) { sha256 = try FileDigest.sha256(of: text) } catch {
      throw .model(error)
    }
    phrases = try RefusalPhrases(text, path: path)
  }

  /// Whether an answer that has ended refuses.
  public func isRefusal(_ answer: String) -> Bool {
    var opening = newOpening
    opening.read(answer.unicodeScalars)
    opening.end()
    return opening.sentences.enumerated().contains { refuses($1, isFirst: $0 == 0) }
  }

  /// The decision on every answer that begins with `partial`, or nil while it is open.
  ///
  /// It is settled when a sentence that refuses has ended, or when the opening has been read. A
  /// replacement character at the end is no part of the answer yet: it is what decoding leaves of
  /// a character whose bytes are spread over tokens.
  public func settled(_ partial: String) -> Bool? {
    var certain = partial.unicodeScalars[...]
    while certain.last == "\u{FFFD}" { certain.removeLast() }
    var opening = newOpening
    opening.read(String.UnicodeScalarView(certain))
    return settled(opening)
  }

  /// An opening as long as the judge looks at, of which none is read.
  var newOpening: AnswerOpening { AnswerOpening(reach: phrases.reach) }

  /// The decision on every answer that begins like this, or nil while it is open.
  func settled(_ opening: AnswerOpening) -> Bool? {
    let hasRefused = opening.sentences.enumerated().contains { index, sentence in
      let isOpen = opening.isLastOpen && index == opening.sentences.count - 1
      return (!isOpen || phrases.exceptions.isEmpty) && refuses(sentence, isFirst: index == 0)
    }
    return hasRefused ? true : opening.isRead ? false : nil
  }

  private func refuses(_ sentence: [String], isFirst: Bool) -> Bool {
    let words = sentence.flatMap { phrases.spelling[$0] ?? [$0] }
    let isRefusal =
      phrases.refusals.occurs(in: words)
      || isFirst && phrases.firstSentenceRefusals.occurs(in: words)
    return isRefusal && !phrases.exceptions.occurs(in: words)
  }
}
