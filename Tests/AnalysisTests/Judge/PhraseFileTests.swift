import Analysis
import Foundation
import Testing

@Suite struct PhraseFileTests {
  private func failure(_ bytes: [UInt8]) -> String {
    do {
      _ = try makeJudge(bytes: bytes)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private func failure(_ text: String) -> String { failure(Array(text.utf8)) }

  @Test func aFileIsReadAndNamed() throws {
    let judge = try makeJudge("\u{FEFF}# remark\r\n\r\n[Refusal]\r\n No,  Way! # remark\r\n")
    #expect(judge.name == "own.judge")
    #expect(judge.isRefusal("no WAY"))
    #expect(try judge.sha256 != RefusalJudge.standard().sha256)
  }

  @Test func filesThatAreNoJudgeAreRefused() {
    #expect(failure([0x66, 0xFF, 0xFE]).contains("own.judge is no text in UTF-8; "))
    #expect(failure("[refusal]\nno\0").contains("own.judge is no text in UTF-8; "))
    for empty in ["", "\n", "# no\n", "[refusal]\n", "[exception]\nno", "[reach]\n5\n"] {
      #expect(
        failure(empty).hasSuffix(
          "own.judge has no phrases of refusal; write at least one, on a line under [refusal]"))
    }
  }

  @Test func aBadLineIsNamed() {
    #expect(
      failure("\nno\n[refusal]\nno").hasSuffix(
        "own.judge, line 2: this comes before the first section; write one of [reach], [spelling], "
          + "[refusal], [first sentence], [exception] above it, and phrases of refusal under "
          + "[refusal]"))
    #expect(
      failure("[refusals]\nno").hasSuffix(
        "own.judge, line 1: '[refusals]' is no section; write one of [reach], [spelling], [refusal], "
          + "[first sentence], [exception]"))
    #expect(failure("[refusal\nno").contains("line 1: '[refusal' is no section; "))
  }

  @Test(arguments: ["0", "-3", "many", "1.5", "50 words", "7\n7", "99999999999999999999"])
  func aReachIsOneCount(text: String) {
    #expect(
      failure("[refusal]\nno\n[reach]\n" + text).contains("' under [reach] is no count of words"))
  }

  @Test(arguments: ["can't", "can't =", "= can not", "a b = c", "a = b = c", "a = b\nA = c"])
  func aSpellingIsOneWordAndWhatItMeans(text: String) {
    #expect(
      failure("[refusal]\nno\n[spelling]\n" + text).contains("' under [spelling] does not say how"))
  }

  @Test(arguments: ["...", "... no", "no ...", "no||way", "|", "no |", ",", "-- ... no"])
  func aPhraseIsWords(text: String) {
    #expect(failure("[refusal]\n" + text).contains("' is no phrase; write words, joined with |"))
  }

  @Test func aMissingFileAndAFolderAreSaid() {
    let missing = "/nowhere/own.judge"
    #expect(throws: JudgeError.self) { try RefusalJudge(path: missing) }
    do { _ = try RefusalJudge(path: missing) } catch {
      #expect(
        "\(error)" == "/nowhere/own.judge cannot be read (it does not exist); check the path and "
          + "its permissions")
    }
    do { _ = try RefusalJudge(path: NSTemporaryDirectory()) } catch {
      #expect("\(error)".contains(" cannot be read (it is a folder); "))
    }
  }
}
