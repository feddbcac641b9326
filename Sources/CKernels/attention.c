#include "attention.h"

// Query heads that share one key head are done four at a time, so that a key is loaded once for
// them; the accumulators then still fit in the vector registers.
#define HEAD_BLOCK 4
// Vectors of the most common head size, for which queries are held in registers.
#define HELD 4
// Vectors of columns that are mixed together at most.
#define MIXED 4

static size_t round_up(size_t n) { return (n + LANES - 1) / LANES * LANES; }

size_t ck_attention_scratch(size_t max_context) {
  const size_t alone = HEAD_BLOCK * round_up(max_context), block = ck_block_scratch(max_context);
  return alone > block ? alone : block;
}

/// One halving of sixteen sums: lane groups of x and y fold to half their width, side by side.
#define FOLD(x, y, ...) \
  (__builtin_shufflevector(x, y, LOW_##__VA_ARGS__) + __builtin_shufflevector(x, y, HIGH_##__VA_ARGS__))
#define LOW_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define HIGH_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define LOW_4 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27
#define HIGH_4 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31
#define LOW_2 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29
#define HIGH_2 2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31
#define LOW_1 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define HIGH_1 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31

/// out[j] = sum of the lanes of v[j]: sixteen dot products finished with shuffles, not one by one.
INLINE void transpose_sum(const v16 *v, float *out) {
  v16 a[8], b[4], c[2];
  for (int i = 0; i < 8; i++) a[i] = FOLD(v[2 * i], v[2 * i + 1], 8);
  for (int i = 0; i < 4; i++) b[i] = FOLD(a[2 * i], a[2 * i + 1], 4);
  for (int i = 0; i < 2; i++) c[i] = FOLD(b[2 * i], b[2 * i + 1], 2);
  *(v16 *)out = FOLD(c[0], c[1], 1);
}

/// The rows that the next query attends to, fetched from memory while this one is worked on.
typedef struct {
  ancestry of;
  int32_t next_span, row, end;
} lookahead;

INLINE lookahead nothing_ahead(void) {
  const lookahead none = {.next_span = 1};
  return none;
}

INLINE lookahead look_ahead(const ck_trie_attention *t, int32_t query) {
  size_t visible;
  const lookahead ahead = {.of = ancestry_of(t, query, &visible)};
  return ahead;
}

INLINE size_t kv_bytes(size_t count, bool is_f16) { return count * (is_f16 ? 2 : 4); }

/// Asks for `count` columns of the next row, from `column` on.
INLINE void fetch(const ck_trie_attention *t, lookahead *ahead, size_t column, size_t count,
                  bool is_f16) {
  while (ahead->row == ahead->end) {
    if (ahead->next_span > ahead->of.n_spans) return;
    int32_t rows;
    span(&ahead->of, ahead->next_span++, &ahead->row, &rows);
    ahead->end = ahead->row + rows;
  }
  const size_t first = (size_t)ahead->row++ * t->kv_stride + column;
  const char *part = (const char *)t->kv + kv_bytes(first, is_f16);
  for (size_t i = 0; i < kv_bytes(count, is_f16); i += LINE) __builtin_prefetch(part + i, 0, 2);
}

INLINE const v16 *query(const ck_trie_attention *t, const float *q, int head, size_t unit) {
  return (const v16 *)(q + (size_t)head * t->d_head + unit * LANES);
}

/// scores[h][t] = q_h . k_t for `heads` query heads over the whole ancestry.
INLINE void dot_keys(const ck_trie_attention *t, const ancestry *a, lookahead ahead, const float *q,
                     size_t k_column, int heads, size_t units, bool holds, float *scores,
                     size_t score_stride, bool is_f16) {
  _Alignas(LINE) v16 partial[HEAD_BLOCK][LANES], held[HEAD_BLOCK][HELD];
  for (int h = 0; holds && h < heads; h++)
    for (size_t u = 0; u < HELD; u++) held[h][u] = *query(t, q, h, u);
  size_t done = 0;
  int pending = 0;
  for (int32_t s = 0; s <= a->n_spans; s++) {
    int32_t start, count;
    span(a, s, &start, &count);
    for (int32_t row = start; row < start + count; row++) {
      fetch(t, &ahead, k_column, units * LANES, is_f16);
      const size_t k = (size_t)row * t->kv_stride + k_column;
      v16 dot[HEAD_BLOCK] = {{0}};
      for (size_t u = 0; u < units; u++) {
        v16 key;
        load_kv(&key, t->kv, k + u * LANES, is_f16);
        for (int h = 0; h < heads; h++)
          dot[h] = FMA(key, holds ? held[h][u] : *query(t, q, h, u), dot[h]);
      }
      for (int h = 0; h < heads; h++) partial[h][pending] = dot[h];
      if (++pending < LANES) continue;
      for (int h = 0; h < heads; h++) transpose_sum(partial[h], scores + h * score_stride + done);
      done += LANES;
      pending = 0;
    }
  }
  if (pending == 0) return;
  for (int h = 0; h < heads; h++) {
    for (int i = pending; i < LANES; i++) partial[h][i] = (v16){0};
    transpose_sum(partial[h], scores + h * score_stride + done);
  }
}

/// out_h[units * 16] = inverse_h * sum over t of p[h][t] * v_t, for columns from `column` on.
INLINE void mix_values(const ck_trie_attention *t, const ancestry *a, lookahead ahead,
                       size_t v_column, int heads, int units, const float *p, size_t p_stride,
                       const float *inverse, void *out, size_t out_index, bool to_bf16,
                       bool is_f16) {
  _Alignas(LINE) v16 mixed[HEAD_BLOCK][MIXED] = {{{0}}};
  size_t position = 0;
  for (int32_t s = 0; s <= a->n_spans; s++) {
    int32_t start, count;
    span(a, s, &start, &count);
    for (int32_t row = start; row < start + count; row++, position++) {
      fetch(t, &ahead, v_column, (size_t)units * LANES, is_f16);
      const size_t v = (size_t)row * t->kv_stride + v_column;
      for (int u = 0; u < units; u++) {
        v16 value;
        load_kv(&value, t->kv, v + (size_t)u * LANES, is_f16);
        for (int h = 0; h < heads; h++)
          mixed[h][u] = FMA(value, SPLAT(p[h * p_stride + position]), mixed[h][u]);
      }
    }
  }
  for (int h = 0; h < heads; h++)
    for (int u = 0; u < units; u++) {
      const v16 result = mixed[h][u] * inverse[h];
      store16(&result, out, out_index + (size_t)h * t->d_head + (size_t)u * LANES, to_bf16);
    }
}

/// Attention of `heads` query heads from `head` on, which all share one key head.
INLINE void attend_heads(const ck_trie_attention *t, const ancestry *a, const lookahead *ahead,
                         int32_t q_row, size_t n, size_t head, int heads, float *scratch, void *out,
                         size_t out_row, bool to_bf16, int registers, bool is_f16) {
  const size_t kv = head / (t->n_heads / t->n_kv_heads);
  const size_t k_column = kv * t->d_head;
  const size_t v_column = (t->n_kv_heads + kv) * t->d_head;
  const size_t stride = round_up(n);
  const float *q = t->q + (size_t)q_row * t->q_stride + head * t->d_head;
  if (t->d_head == HELD * LANES)
    dot_keys(t, a, *ahead, q, k_column, heads, HELD, true, scratch, stride, is_f16);
  else
    dot_keys(t, a, *ahead, q, k_column, heads, t->d_head / LANES, false, scratch, stride, is_f16);
  float inverse[HEAD_BLOCK];
  for (int h = 0; h < heads; h++)
    inverse[h] = softmax(scratch + h * stride, n, t->scale, t->softcap);
  const size_t out_index = out_row * t->n_heads * t->d_head + head * t->d_head;
  // As many columns together as have room for their sums beside a value and a weight.
  const int together = registers >= 32 ? MIXED : heads > 3 ? 1 : heads > 1 ? 2 : MIXED;
#define MIX(UNITS)                                                                       \
  mix_values(t, a, *ahead, v_column + d, heads, UNITS, scratch, stride, inverse, out,    \
             out_index + d, to_bf16, is_f16)
  size_t d = 0;
  for (; d + (size_t)together * LANES <= t->d_head; d += (size_t)together * LANES) MIX(together);
  for (; d < t->d_head; d += LANES) MIX(1);
#undef MIX
}

/// One query row, all heads that share a key head together.
INLINE void attend_alone(const ck_trie_attention *t, int32_t row, int32_t q_row,
                         const lookahead *ahead, float *scratch, void *out, size_t out_row,
                         bool to_bf16, int registers, bool is_f16) {
  const size_t group = t->n_heads / t->n_kv_heads;
  size_t n;
  const ancestry a = ancestry_of(t, row, &n);
#define ATTEND(HEADS)                                                                    \
  attend_heads(t, &a, ahead, q_row, n, head, HEADS, scratch, out, out_row, to_bf16, registers, \
               is_f16)
  for (size_t kv = 0; kv < t->n_kv_heads; kv++) {
    size_t head = kv * group, left = group;
    for (; left >= 4; left -= 4, head += 4) ATTEND(4);
    if (left == 3) ATTEND(3);
    else if (left == 2) ATTEND(2);
    else if (left == 1) ATTEND(1);
  }
#undef ATTEND
}

/// How many of the rows follow one another in the segment of the first.
static size_t run_length(const ck_trie_attention *t, const int32_t *rows, size_t n_rows) {
  size_t n = 1;
  while (n < n_rows && rows[n] == rows[n - 1] + 1 &&
         t->segment_of_row[rows[n]] == t->segment_of_row[rows[0]])
    n++;
  return n;
}

INLINE void attend_rows(const ck_trie_attention *t, const int32_t *rows, const int32_t *q_rows,
                        size_t n_rows, float *scratch, void *out, bool to_bf16, int registers,
                        bool is_f16) {
  size_t height;
  for (size_t i = 0; i < n_rows; i += height) {
    height = ck_block_height(t, rows[i], run_length(t, rows + i, n_rows - i));
    if (height > 1) {
      ck_attend_block(t, rows + i, q_rows + i, height, scratch, out, i, to_bf16);
      continue;
    }
    const lookahead ahead =
      t->is_cold && i + 1 < n_rows ? look_ahead(t, rows[i + 1]) : nothing_ahead();
    attend_alone(t, rows[i], q_rows[i], &ahead, scratch, out, i, to_bf16, registers, is_f16);
  }
}

KERNEL_IN_REGISTERS(void, ck_attend,
                    (const ck_trie_attention *t, const int32_t *rows, const int32_t *q_rows,
                     size_t n_rows, float *scratch, void *out, bool to_bf16),
                    (t, rows, q_rows, n_rows, scratch, out, to_bf16)) {
  if (t->d_head % LANES != 0) ck_attend_plain(t, rows, q_rows, n_rows, scratch, out, to_bf16);
  else if (t->kv_is_f16)
    attend_rows(t, rows, q_rows, n_rows, scratch, out, to_bf16, registers, true);
  else attend_rows(t, rows, q_rows, n_rows, scratch, out, to_bf16, registers, false);
}
