#include "CKernels.h"
#include "simd.h"

/// A number of the keys and values of `row`.
static double key_value(const ck_trie_attention *t, int32_t row, size_t column) {
  const size_t i = (size_t)row * t->kv_stride + column;
  return t->kv_is_f16 ? ((const _Float16 *)t->kv)[i] : ((const float *)t->kv)[i];
}

/// The rows that `row` attends to, one at a time: the i-th in order of position, or -1 at the end.
static int32_t ancestor(const ck_trie_attention *t, int32_t row, size_t i) {
  const int32_t segment = t->segment_of_row[row];
  for (int32_t s = t->span_offset[segment]; s < t->span_offset[segment + 1]; s++) {
    if (i < (size_t)t->span_count[s]) return t->span_start[s] + (int32_t)i;
    i -= (size_t)t->span_count[s];
  }
  const int32_t own = t->first_row[segment] + (int32_t)i;
  return own <= row ? own : -1;
}

static void attend_head(const ck_trie_attention *t, int32_t row, int32_t q_row, size_t head,
                        float *scores, void *out, size_t out_index, bool to_bf16) {
  const size_t kv = head / (t->n_heads / t->n_kv_heads);
  const float *q = t->q + (size_t)q_row * t->q_stride + head * t->d_head;
  size_t all = 0;
  while (ancestor(t, row, all) >= 0) all++;
  const size_t n = t->window > 0 && all > t->window ? t->window : all, first = all - n;
  double max = -INFINITY, sum = 0;
  for (size_t i = 0; i < n; i++) {
    const int32_t key = ancestor(t, row, first + i);
    double dot = 0;
    for (size_t d = 0; d < t->d_head; d++) dot += q[d] * key_value(t, key, kv * t->d_head + d);
    dot *= t->scale;
    if (t->softcap > 0) dot = t->softcap * tanh(dot / t->softcap);
    scores[i] = (float)dot;
    if (scores[i] > max) max = scores[i];
  }
  for (size_t i = 0; i < n; i++) sum += scores[i] = (float)exp(scores[i] - max);
  for (size_t d = 0; d < t->d_head; d++) {
    double mixed = 0;
    for (size_t i = 0; i < n; i++) {
      const size_t column = (t->n_kv_heads + kv) * t->d_head + d;
      mixed += scores[i] * key_value(t, ancestor(t, row, first + i), column);
    }
    store1((float)(mixed / sum), out, out_index + d, to_bf16);
  }
}

void ck_attend_plain(const ck_trie_attention *trie, const int32_t *rows, const int32_t *q_rows,
                     size_t n_rows, float *scratch, void *out, bool to_bf16) {
  for (size_t i = 0; i < n_rows; i++)
    for (size_t h = 0; h < trie->n_heads; h++)
      attend_head(trie, rows[i], q_rows[i], h, scratch, out, (i * trie->n_heads + h) * trie->d_head,
                  to_bf16);
}
