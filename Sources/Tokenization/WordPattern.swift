import CPCRE2

/// A compiled PCRE2 pattern that finds words in a text.
///
/// The compiled code is never written again, so threads may share it; what a match writes to is
/// in `Matcher`, of which each call has its own.
final class WordPattern: @unchecked Sendable {
  private let code: OpaquePointer
  private let hasJIT: Bool
  private let name: String

  /// Compiles a pattern, to machine code where PCRE2 can; `name` is for messages.
  init(_ pattern: String, isAnchored: Bool, name: String) throws(TokenizerError) {
    var errorCode: Int32 = 0
    var errorOffset = 0
    let bytes = Array(pattern.utf8)
    guard
      let code = workbench_pcre2_compile(
        bytes, bytes.count, isAnchored, &errorCode, &errorOffset)
    else {
      throw .patternFailure(code: Int(errorCode), offset: errorOffset, preTokenizer: name)
    }
    self.code = code
    hasJIT = workbench_pcre2_jit_compile(code)
    self.name = name
  }

  deinit { pcre2_code_free_8(code) }

  /// Whether the pattern can match nothing at all.
  var matchesEmptyText: Bool { workbench_pcre2_matches_empty(code) }

  /// The memory that matching writes to.
  struct Matcher: ~Copyable {
    private let pattern: WordPattern
    private let data: OpaquePointer
    private let context: OpaquePointer

    /// Allocates the memory for one thread's matches.
    init(_ pattern: WordPattern) throws(TokenizerError) {
      guard let data = pcre2_match_data_create_8(1, nil) else { throw pattern.outOfMemory }
      guard let context = workbench_pcre2_context() else {
        pcre2_match_data_free_8(data)
        throw pattern.outOfMemory
      }
      self.pattern = pattern
      self.data = data
      self.context = context
    }

    deinit {
      pcre2_match_context_free_8(context)
      pcre2_match_data_free_8(data)
    }

    /// The end of the word that begins at byte `start` of `text`, which must be valid UTF-8.
    func wordEnd(
      in text: UnsafeBufferPointer<UInt8>, from start: Int
    ) throws(TokenizerError) -> Int {
      var matchStart = 0
      let end = workbench_pcre2_match(
        pattern.code, pattern.hasJIT, text.baseAddress, text.count, start, data, context,
        &matchStart)
      guard end > start else {
        throw pattern.failure(min(end, 0), at: start)
      }
      return end
    }

    /// The first match that begins at byte `start` or later; nil when there is none.
    func firstMatch(
      in text: UnsafeBufferPointer<UInt8>, from start: Int
    ) throws(TokenizerError) -> Range<Int>? {
      var matchStart = 0
      let end = workbench_pcre2_match(
        pattern.code, pattern.hasJIT, text.baseAddress, text.count, start, data, context,
        &matchStart)
      if end == Int(PCRE2_ERROR_NOMATCH) { return nil }
      guard end > matchStart else {
        throw pattern.failure(min(end, 0), at: start)
      }
      return matchStart..<end
    }
  }

  private func failure(_ code: Int, at offset: Int) -> TokenizerError {
    code == Int(PCRE2_ERROR_MATCHLIMIT)
      ? .tooMuchWork("finding words by '\(shortened(name))'", offset: offset)
      : .patternFailure(code: code, offset: offset, preTokenizer: name)
  }

  /// A pattern's name, which can be the pattern itself.
  private func shortened(_ name: String) -> String {
    name.count > 100 ? name.prefix(100) + "…" : name
  }

  private var outOfMemory: TokenizerError {
    .patternFailure(code: Int(PCRE2_ERROR_NOMEMORY), offset: 0, preTokenizer: name)
  }
}
