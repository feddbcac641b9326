#ifndef WORKBENCH_CPCRE2_SHIM_H
#define WORKBENCH_CPCRE2_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The 8-bit library works on UTF-8; pcre2.h refuses to be included without a width.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

// Swift imports neither the suffix macros nor a cast constant such as PCRE2_UNSET, so the calls
// the tokenizer makes are spelled here once.

/// Compiles a UTF-8 pattern whose \p{..} and caseless parts follow Unicode; an anchored one only
/// matches where the search begins.
static inline pcre2_code_8 *workbench_pcre2_compile(
    const uint8_t *pattern, size_t length, bool anchored, int *error_code, size_t *error_offset) {
  uint32_t options = PCRE2_UTF | PCRE2_UCP | (anchored ? PCRE2_ANCHORED : 0);
  return pcre2_compile_8(pattern, length, options, error_code, error_offset, NULL);
}

/// Whether the pattern can match nothing at all.
static inline bool workbench_pcre2_matches_empty(const pcre2_code_8 *code) {
  uint32_t matches_empty = 1;
  pcre2_pattern_info_8(code, PCRE2_INFO_MATCHEMPTY, &matches_empty);
  return matches_empty != 0;
}

/// Compiles machine code for a pattern; false means that this build or processor has no JIT.
static inline bool workbench_pcre2_jit_compile(pcre2_code_8 *code) {
  return pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE) == 0;
}

/// A match context whose depth and memory only memory limits: a long word is not a malicious pattern.
static inline pcre2_match_context_8 *workbench_pcre2_context(void) {
  pcre2_match_context_8 *context = pcre2_match_context_create_8(NULL);
  if (context == NULL) return NULL;
  pcre2_set_depth_limit_8(context, UINT32_MAX);
  pcre2_set_heap_limit_8(context, UINT32_MAX);
  return context;
}

/// Matches from `start` on; the subject must be valid UTF-8, which is not checked again. Returns the
/// end of the match and sets where it begins, or returns a negative PCRE2 error code
/// (PCRE2_ERROR_NOMATCH is -1).
static inline ptrdiff_t workbench_pcre2_match(
    const pcre2_code_8 *code, bool jit, const uint8_t *subject, size_t length, size_t start,
    pcre2_match_data_8 *data, pcre2_match_context_8 *context, size_t *match_start) {
  // A match takes steps as the text is long; a pattern that tries every way to match takes more.
  size_t rest = length - start;
  pcre2_set_match_limit_8(context,
                          rest < 40000000 ? 1000000 + 100 * (uint32_t)rest : UINT32_MAX);
  int status = jit ? pcre2_jit_match_8(code, subject, length, start, PCRE2_NO_UTF_CHECK, data,
                                       context)
                   : pcre2_match_8(code, subject, length, start, PCRE2_NO_UTF_CHECK, data, context);
  if (status < 0) return status;
  const size_t *range = pcre2_get_ovector_pointer_8(data);
  *match_start = range[0];
  return (ptrdiff_t)range[1];
}

#endif
