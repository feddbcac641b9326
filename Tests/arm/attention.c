// Attention over a trie of rows with random branches.
#include <math.h>
#include <string.h>

#include "parity.h"

#define SEGMENTS 6
#define LENGTH 7
#define ROWS (SEGMENTS * LENGTH)

enum { HEADS, KV_HEADS, D_HEAD, F16, WINDOW, CAPPED, BF16 };

/// Segments of LENGTH rows, each after some row of an earlier one.
static void branch(ck_trie_attention *trie) {
  int32_t *segment_of_row = room(ROWS * 4), *first_row = room(SEGMENTS * 4);
  int32_t *offset = room((SEGMENTS + 1) * 4);
  int32_t *start = room(SEGMENTS * SEGMENTS * 4), *count = room(SEGMENTS * SEGMENTS * 4);
  offset[0] = 0;
  for (int32_t s = 0; s < SEGMENTS; s++) {
    first_row[s] = s * LENGTH;
    for (int32_t r = 0; r < LENGTH; r++) segment_of_row[s * LENGTH + r] = s;
    int32_t end = offset[s];
    if (s > 0) {
      const int32_t parent = (int32_t)(next_random() % (uint64_t)s);
      for (int32_t i = offset[parent]; i < offset[parent + 1]; i++, end++)
        start[end] = start[i], count[end] = count[i];
      start[end] = first_row[parent];
      count[end++] = 1 + (int32_t)(next_random() % LENGTH);
    }
    offset[s + 1] = end;
  }
  trie->segment_of_row = segment_of_row, trie->first_row = first_row;
  trie->span_offset = offset, trie->span_start = start, trie->span_count = count;
}

static const void *keys_and_values(size_t n, bool is_f16) {
  const float *x = floats(n, 2);
  if (!is_f16) return x;
  _Float16 *half = room(n * sizeof *half);
  for (size_t i = 0; i < n; i++) half[i] = (_Float16)x[i];
  return half;
}

static void attend(const size_t *s) {
  ck_trie_attention trie = {
    .q_stride = s[HEADS] * s[D_HEAD] + 3, .kv_stride = 2 * s[KV_HEADS] * s[D_HEAD] + 5,
    .kv_is_f16 = s[F16], .is_cold = s[F16], .n_heads = s[HEADS], .n_kv_heads = s[KV_HEADS],
    .d_head = s[D_HEAD], .scale = 1 / sqrtf((float)s[D_HEAD]), .softcap = s[CAPPED] ? 2 : 0,
    .window = s[WINDOW]};
  branch(&trie);
  trie.q = floats(ROWS * trie.q_stride, 2);
  trie.kv = keys_and_values(ROWS * trie.kv_stride, s[F16]);
  int32_t *rows = room(ROWS * sizeof *rows);
  for (int32_t i = 0; i < ROWS; i++) rows[i] = i;
  float *scratch = room(ck_attention_scratch(ROWS) * sizeof *scratch);
  const size_t n = ROWS * s[HEADS] * s[D_HEAD];
  void *out = room(n * (s[BF16] ? 2 : 4));
  ck_attend(&trie, rows, rows, ROWS, scratch, out, s[BF16]);
  digest_numbers(out, n, s[BF16]);
}

#define NAMES "heads kv_heads d_head f16 window capped bf16"

const parity_case attention_cases[] = {
  {"ck_attend", NAMES, attend, {9, 3, 64, 0, 0, 0, 0}},
  {"ck_attend", NAMES, attend, {9, 3, 64, 1, 0, 0, 0}},
  {"ck_attend", NAMES, attend, {10, 2, 80, 0, 0, 0, 0}},
  {"ck_attend", NAMES, attend, {4, 4, 128, 1, 0, 0, 1}},
  {"ck_attend", NAMES, attend, {4, 1, 64, 0, 9, 0, 0}},
  {"ck_attend", NAMES, attend, {4, 1, 64, 0, 0, 1, 0}},
  {"ck_attend", NAMES, attend, {8, 1, 64, 1, 9, 1, 1}},
  // A head that does not fill vectors.
  {"ck_attend", NAMES, attend, {4, 2, 24, 0, 0, 0, 0}},
  {"ck_attend", NAMES, attend, {4, 2, 24, 1, 9, 1, 1}},
  {NULL},
};
