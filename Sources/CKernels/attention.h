// What queries that are done alone and queries that are done in blocks have in common.
#ifndef WORKBENCH_ATTENTION_H
#define WORKBENCH_ATTENTION_H

#include "CKernels.h"
#include "simd.h"

/// The runs of consecutive rows that a row attends to, in order of position.
typedef struct {
  const int32_t *start, *count;
  int32_t n_spans, own_start, own_count;
  /// How many of the first rows lie before the window.
  int32_t hidden;
} ancestry;

INLINE void run(const ancestry *a, int32_t i, int32_t *start, int32_t *count) {
  *start = i < a->n_spans ? a->start[i] : a->own_start;
  *count = i < a->n_spans ? a->count[i] : a->own_count;
}

/// Drops the runs that lie wholly before the window; what is left to hide is in the first run.
INLINE ancestry ancestry_of(const ck_trie_attention *t, int32_t row, size_t *visible) {
  const int32_t segment = t->segment_of_row[row];
  const int32_t begin = t->span_offset[segment];
  ancestry a = {t->span_start + begin, t->span_count + begin, t->span_offset[segment + 1] - begin,
                t->first_row[segment], row - t->first_row[segment] + 1, 0};
  size_t n = (size_t)a.own_count;
  for (int32_t i = 0; i < a.n_spans; i++) n += (size_t)a.count[i];
  *visible = n;
  if (t->window == 0 || n <= t->window) return a;
  *visible = t->window;
  a.hidden = (int32_t)(n - t->window);
  while (a.n_spans > 0 && a.count[0] <= a.hidden) {
    a.hidden -= a.count[0];
    a.start++, a.count++, a.n_spans--;
  }
  return a;
}

/// The i-th run without the rows that the window hides.
INLINE void span(const ancestry *a, int32_t i, int32_t *start, int32_t *count) {
  run(a, i, start, count);
  if (i > 0) return;
  *start += a->hidden;
  *count -= a->hidden;
}

/// Loads sixteen floats from element `i` of keys and values.
INLINE void load_kv(v16 *v, const void *kv, size_t i, bool is_f16) {
  if (is_f16) *v = __builtin_convertvector(*(const v16f *)((const _Float16 *)kv + i), v16);
  else *v = *(const v16 *)((const float *)kv + i);
}

/// Turns scores[0 ..< n] into exp(scale * (score - max)), zero up to the padding; returns 1 / sum.
INLINE float softmax(float *scores, size_t n, float scale, float softcap) {
  const size_t last = (n - 1) / LANES * LANES;
  if (softcap > 0) {
    for (size_t i = 0; i <= last; i += LANES) {
      v16 x = *(v16 *)(scores + i) * scale;
      softcap16(&x, softcap);
      *(v16 *)(scores + i) = x;
    }
    scale = 1;
  }
  fill_rest16((v16 *)(scores + last), n - last, -INFINITY);
  v16 largest = SPLAT(-INFINITY);
  for (size_t i = 0; i <= last; i += LANES) largest = LARGER(*(v16 *)(scores + i), largest);
  const float max = max16(&largest);
  v16 sum = {0};
  for (size_t i = 0; i <= last; i += LANES) {
    v16 x = (*(v16 *)(scores + i) - max) * scale;
    exp16(&x);
    if (i == last) fill_rest16(&x, n - last, 0);
    *(v16 *)(scores + i) = x;
    sum += x;
  }
  return 1.0f / sum16(&sum);
}

/// How many of `run` queries, which follow one another in a segment from `row` on, are done as one
/// block; 1 where a query is better done alone.
size_t ck_block_height(const ck_trie_attention *t, int32_t row, size_t run);

/// ck_attend for `count` such queries, which are the outputs from `out_row` on.
void ck_attend_block(const ck_trie_attention *t, const int32_t *rows, const int32_t *q_rows,
                     size_t count, float *scratch, void *out, size_t out_row, bool to_bf16);

/// Floats of scratch that blocks need.
size_t ck_block_scratch(size_t max_context);

#endif
